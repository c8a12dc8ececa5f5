// Values that would hold the server up are read in pieces: which ones, and what comes of it when
// they change meanwhile.
#include <gmock/gmock.h>

#include <map>
#include <set>

#include "redis/record.h"
#include "redis/server_json.h"
#include "redis_content.h"

namespace lifeboat::redis {
namespace {

using harness::MemoryRecords;
using harness::RedisServer;
using resp::Connection;
using testing::ElementsAre;
using testing::HasSubstr;

/// Tells of each record as it comes.
class WatchedRecords final : public RecordSink {
 public:
  explicit WatchedRecords(std::function<void(const Record&)> told) : told_(std::move(told)) {}
  void record(ByteView record) override {
    records.record(record);
    told_(decode_record(record));
  }
  void end_range() override { records.end_range(); }
  void discard() override { records.discard(); }

  MemoryRecords records;

 private:
  std::function<void(const Record&)> told_;
};

/// A list, set, sorted set and hash of so many small elements.
void make_collections(Connection& connection, const std::string& suffix, int elements) {
  run(connection,
      {"EVAL",
       "for i = 1, tonumber(ARGV[2]) do "
       "redis.call('RPUSH', 'list' .. ARGV[1], i) redis.call('SADD', 'set' .. ARGV[1], i) "
       "redis.call('ZADD', 'zset' .. ARGV[1], i, i) redis.call('HSET', 'hash' .. ARGV[1], i, i) "
       "end",
       "0", suffix, std::to_string(elements)});
}

std::set<std::string> keys_in_pieces(MemoryRecords& records) {
  std::set<std::string> keys;
  for (std::size_t i = 0; i < records.range_count(); ++i) {
    const auto bytes = records.open_range(i);
    RecordReader reader(*bytes);
    while (const auto record = reader.next()) {
      if (record->tag == Tag::piece) keys.insert(std::string(record->key));
    }
  }
  return keys;
}

void expect_pieces_above_the_bounds(const RedisServer& source, const Secret& url) {
  Connection connection = source.connect();
  make_collections(connection, ":many", 50'001);
  make_collections(connection, ":few", 50'000);
  run(connection, {"SET", "string:big", std::string((8U << 20U) + 100'000, 's')});
  run(connection, {"SET", "string:small", std::string(4U << 20U, 's')});
  CaptureRequest request;
  request.url = url;
  MemoryRecords records;
  const Capture capture = capture_of(source, records, request);
  EXPECT_TRUE(capture.exact) << capture.reason;
  EXPECT_THAT(keys_in_pieces(records),
              ElementsAre("hash:many", "list:many", "set:many", "string:big", "zset:many"));
  EXPECT_TRUE(capture.read_whole.empty());
  const RedisServer target;
  EXPECT_EQ(load_into(target, capture, records).refused, 0U);
  EXPECT_EQ(content_of(target), content_of(source));
}

TEST(RedisBigKeys, AreThoseAbove8MiBOr50000Elements) {
  const RedisServer source;
  expect_pieces_above_the_bounds(source, source.url());
}

TEST(RedisBigKeys, AreFoundByTheirLengthWhereMemoryUsageIsRefused) {
  const RedisServer source({.settings = {{"user", "half on >pw ~* &* +@all -memory"}}});
  expect_pieces_above_the_bounds(source, source.url_as("half", "pw"));
}

TEST(RedisBigKeys, OfTypesWithoutPiecesAreReadWholeAndNamed) {
  const RedisServer source;
  Connection connection = source.connect();
  run(connection, {"EVAL",
                   "local part = string.rep('x', 4000) for i = 1, 3000 do "
                   "redis.call('XADD', 'stream', '*', 'field', i .. part) end",
                   "0"});
  run(connection, {"XGROUP", "CREATE", "stream", "group", "0"});
  run(connection, {"XADD", "stream:small", "*", "field", "value"});
  MemoryRecords records;
  const Capture capture = capture_of(source, records);
  EXPECT_TRUE(capture.exact) << capture.reason;
  EXPECT_THAT(capture.read_whole, ElementsAre("key \"stream\" of database 0 (stream)"));
  EXPECT_THAT(to_json(capture),
              HasSubstr(R"x("read_whole":["key \"stream\" of database 0 (stream)"])x"));
  const RedisServer target;
  load_into(target, capture, records);
  EXPECT_EQ(content_of(target), content_of(source));
}

/// Commands, for the key of each type.
using Changes = std::map<std::string, std::vector<std::vector<std::string>>>;

/// Captures a big key of each type, and changes each behind its second piece.
void expect_exact_after(Changes changes) {
  const RedisServer source;
  Connection other = source.connect();
  make_collections(other, "", 52'000);
  run(other, {"SET", "string", std::string(9U << 20U, 's')});
  WatchedRecords sink([&](const Record& record) {
    if (record.tag != Tag::piece || decode_piece(record.body).number != 2) return;
    const auto due = changes.extract(std::string(record.key));
    if (due.empty()) return;
    for (const auto& words : due.mapped()) run(other, words);
  });
  SilentObserver observer;
  CaptureRequest request;
  request.url = source.url();
  const Capture capture = redis::capture(request, sink, observer, {});
  EXPECT_TRUE(changes.empty());
  EXPECT_TRUE(capture.exact) << capture.reason;
  const RedisServer target;
  EXPECT_EQ(load_into(target, capture, sink.records).refused, 0U);
  EXPECT_EQ(content_of(target), content_of(source));
}

Changes for_each_type(const std::function<std::vector<std::vector<std::string>>(std::string)>& of) {
  Changes changes;
  for (const std::string type : {"string", "list", "set", "zset", "hash"}) changes[type] = of(type);
  return changes;
}

TEST(RedisBigKeys, ThatAreDeletedOrRenamedMeanwhileAreReadAgain) {
  expect_exact_after(for_each_type([](const std::string& type) -> Changes::mapped_type {
    return {{"DEL", type}};
  }));
  expect_exact_after(for_each_type([](const std::string& type) -> Changes::mapped_type {
    return {{"RENAME", type, "other:" + type}};
  }));
}

TEST(RedisBigKeys, ThatAreOfAnotherTypeByThenAreReadAgain) {
  expect_exact_after(for_each_type([](const std::string& type) -> Changes::mapped_type {
    return {{"DEL", type}, {"XADD", type, "*", "now", "a stream"}};
  }));
}

TEST(RedisBigKeys, WhoseElementsOrExpiriesChangeMeanwhileAreReadAgain) {
  expect_exact_after({{"string", {{"SETRANGE", "string", "5", "changed"}}},
                      {"list", {{"LPUSH", "list", "a", "b"}, {"RPOP", "list", "1000"}}},
                      {"set", {{"SPOP", "set", "20000"}}},
                      {"zset", {{"ZREMRANGEBYRANK", "zset", "0", "30000"}}},
                      {"hash", {{"HSET", "hash", "1", "changed"}, {"HDEL", "hash", "2"}}}});
  expect_exact_after(for_each_type([](const std::string& type) -> Changes::mapped_type {
    return {{"PEXPIREAT", type, "4000000000000"}};
  }));
}

}  // namespace
}  // namespace lifeboat::redis
