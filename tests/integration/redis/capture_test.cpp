#include <gtest/gtest.h>

#include <set>

#include "redis/record.h"
#include "redis_content.h"

namespace lifeboat::redis {
namespace {

using harness::MemoryRecords;
using harness::RedisServer;
using resp::Connection;

/// Runs `change` once, after the given batch.
std::function<void()> once_after(int batch, std::function<void()> change) {
  return [left = batch, change = std::move(change)]() mutable {
    if (left-- == 0) change();
  };
}

TEST(RedisCapture, CarriesEveryTypeExactly) {
  RedisServer source;
  fill(source);
  MemoryRecords records;
  const Capture capture = capture_of(source, records);
  EXPECT_TRUE(capture.exact) << capture.reason;
  EXPECT_EQ(capture.reason, "");
  EXPECT_EQ(capture.window.count(), 0);
  EXPECT_EQ(capture.unsettled, 0U);
  EXPECT_EQ(capture.server.version.substr(0, 2), "7.");
  EXPECT_EQ(capture.rdb_version, 10);
  EXPECT_EQ(capture.databases.size(), 3U);
  EXPECT_EQ(capture.keys(), capture.records);
  EXPECT_TRUE(capture.not_carried.empty());
  EXPECT_FALSE(records.in_the_middle());

  RedisServer target;
  const LoadReport report = load_into(target, capture, records);
  EXPECT_EQ(report.refused, 0U);
  EXPECT_EQ(report.records, capture.records);
  EXPECT_TRUE(report.functions);
  EXPECT_EQ(content_of(target), content_of(source));
}

TEST(RedisCapture, OfAnEmptyServerIsExactAndEmpty) {
  RedisServer source;
  MemoryRecords records;
  const Capture capture = capture_of(source, records);
  EXPECT_TRUE(capture.exact) << capture.reason;
  EXPECT_EQ(capture.records, 0U);
  EXPECT_FALSE(capture.functions);
}

TEST(RedisCapture, ReadsBigValuesInPieces) {
  RedisServer source;
  Connection connection = source.connect(1);
  run(connection, {"SET", "string", std::string(9'000'000, 's') + "end"});
  // Functions of the server, so that the test is quick.
  run(connection,
      {"EVAL",
       "local pad = string.rep('p', 1000) "
       "for i = 1, 8700 do "
       "redis.call('RPUSH', 'list', pad .. i) redis.call('SADD', 'set', pad .. i) "
       "redis.call('HSET', 'hash', pad .. i, i) redis.call('ZADD', 'zset', i + 0.25, pad .. i) "
       "end",
       "0"});
  run(connection, {"PEXPIREAT", "hash", "4000000000123"});
  MemoryRecords records;
  const Capture capture = capture_of(source, records);
  EXPECT_TRUE(capture.exact) << capture.reason;

  std::set<std::string> in_pieces;
  std::size_t longest = 0;
  for (std::size_t i = 0; i < records.range_count(); ++i) {
    const auto bytes = records.open_range(i);
    RecordReader reader(*bytes);
    while (const auto record = reader.next()) {
      longest = std::max(longest, record->body.size());
      if (record->tag == Tag::piece) in_pieces.insert(std::string(record->key));
    }
  }
  EXPECT_EQ(in_pieces, (std::set<std::string>{"hash", "list", "set", "string", "zset"}));
  EXPECT_LT(longest, 2'000'000U);
  RedisServer target;
  EXPECT_EQ(load_into(target, capture, records).refused, 0U);
  EXPECT_EQ(content_of(target), content_of(source));
}

TEST(RedisCapture, SeesWhatOnlyConsumerGroupsChange) {
  RedisServer source;
  fill(source);
  Connection other = source.connect();
  CaptureRequest request;
  request.depth = 20;
  request.after_batch = once_after(40, [&] {  // the scan is far on: none of this is told
    run(other, {"XACK", "stream:groups", "g1", "2-1"});
    run(other, {"XGROUP", "CREATE", "stream:groups", "late", "0"});
    run(other, {"XGROUP", "CREATE", "stream:new", "g", "$", "MKSTREAM"});
    run(other, {"XSETID", "stream:long", "9999-0"});
  });
  MemoryRecords records;
  const Capture capture = capture_of(source, records, request);
  EXPECT_TRUE(capture.exact) << capture.reason;
  RedisServer target;
  load_into(target, capture, records);
  EXPECT_EQ(content_of(target), content_of(source));
}

TEST(RedisCapture, BeginsAnewAfterAFlush) {
  RedisServer source;
  fill(source);
  Connection other = source.connect(2);
  CaptureRequest request;
  request.after_batch = once_after(5, [&] {
    run(other, {"FLUSHDB"});
    run(other, {"SET", "after", "1"});
  });
  MemoryRecords records;
  const Capture capture = capture_of(source, records, request);
  EXPECT_TRUE(capture.exact) << capture.reason;
  EXPECT_EQ(capture.restarts, 1);
  RedisServer target;
  load_into(target, capture, records);
  EXPECT_EQ(content_of(target), content_of(source));
}

TEST(RedisCapture, BeginsAnewAfterASwapOfDatabases) {
  RedisServer source;
  fill(source);
  Connection other = source.connect();
  CaptureRequest request;
  request.after_batch = once_after(5, [&] { run(other, {"SWAPDB", "2", "9"}); });
  MemoryRecords records;
  const Capture capture = capture_of(source, records, request);
  EXPECT_TRUE(capture.exact) << capture.reason;
  EXPECT_EQ(capture.restarts, 1);
  RedisServer target;
  load_into(target, capture, records);
  EXPECT_EQ(content_of(target), content_of(source));
}

TEST(RedisCapture, IsFuzzyWhenDatabasesAreSwappedAgainAndAgain) {
  RedisServer source;
  fill(source);
  Connection other = source.connect();
  CaptureRequest request;
  request.restarts = 2;
  request.after_batch = [&] { run(other, {"SWAPDB", "2", "9"}); };
  MemoryRecords records;
  const Capture capture = capture_of(source, records, request);
  EXPECT_FALSE(capture.exact);
  EXPECT_EQ(capture.restarts, 2);
  EXPECT_NE(capture.reason.find("again and again"), std::string::npos);
}

TEST(RedisCapture, DoesNotTrustCountsThatWereReset) {
  RedisServer source;
  fill(source);
  Connection other = source.connect();
  run(other, {"SWAPDB", "2", "9"});
  CaptureRequest request;
  request.after_batch = once_after(5, [&] {
    run(other, {"CONFIG", "RESETSTAT"});
    run(other, {"SWAPDB", "2", "9"});  // once, as before
  });
  MemoryRecords records;
  const Capture capture = capture_of(source, records, request);
  EXPECT_EQ(capture.restarts, 1);
}

TEST(RedisCapture, DoesNotTrustCountsThatWereResetBefore) {
  RedisServer source;
  fill(source);
  Connection other = source.connect();
  run(other, {"CONFIG", "RESETSTAT"});  // which leaves its own count at 1, as the next one will
  CaptureRequest request;
  request.after_batch = once_after(5, [&] {
    run(other, {"SWAPDB", "2", "9"});
    run(other, {"CONFIG", "RESETSTAT"});
  });
  MemoryRecords records;
  const Capture capture = capture_of(source, records, request);
  EXPECT_EQ(capture.restarts, 1);
  RedisServer target;
  load_into(target, capture, records);
  EXPECT_EQ(content_of(target), content_of(source));
}

TEST(RedisCapture, HasEveryKeyThatStayedAlsoIfOthersAreFlushedAgainAndAgain) {
  RedisServer source;
  fill(source);
  const std::string before = content_of(source);
  Connection other = source.connect(1);
  CaptureRequest request;
  request.restarts = 1;
  request.after_batch = [&] { run(other, {"FLUSHDB"}); };
  MemoryRecords records;
  const Capture capture = capture_of(source, records, request);
  EXPECT_FALSE(capture.exact);
  EXPECT_EQ(capture.restarts, 1);
  EXPECT_NE(capture.reason.find("again and again"), std::string::npos);
  RedisServer target;
  load_into(target, capture, records);
  EXPECT_EQ(content_of(target), before);
}

TEST(RedisCapture, FindsADatabaseThatIsNewSinceItBegan) {
  RedisServer source;
  fill(source);
  Connection other = source.connect(5);
  CaptureRequest request;
  request.after_batch = once_after(3, [&] {
    run(other, {"SET", "new", "1"});
    run(other, {"RPUSH", "string:1", "a key that others have, too"});
  });
  MemoryRecords records;
  const Capture capture = capture_of(source, records, request);
  EXPECT_TRUE(capture.exact) << capture.reason;
  RedisServer target;
  load_into(target, capture, records);
  EXPECT_EQ(content_of(target), content_of(source));
}

TEST(RedisCapture, IsFuzzyWithoutTrackingAndSaysSo) {
  RedisServer source(
      {.settings = {{"user", "half on >pw ~* &* +@all -client"}}, .loopback = false});
  fill(source);
  CaptureRequest request;
  request.url = source.url_as("half", "pw");
  MemoryRecords records;
  const Capture capture = capture_of(source, records, request);
  EXPECT_FALSE(capture.exact);
  EXPECT_EQ(capture.reason, "the server refuses CLIENT TRACKING");
  EXPECT_FALSE(capture.unsettled);
  RedisServer target;
  load_into(target, capture, records);
  EXPECT_EQ(content_of(target), content_of(source));  // nothing was written meanwhile
}

TEST(RedisCapture, IsFuzzyWithoutInfoAndFindsDatabasesAllTheSame) {
  RedisServer source({.settings = {{"user", "half on >pw ~* &* +@all -info"}}, .loopback = false});
  fill(source);
  CaptureRequest request;
  request.url = source.url_as("half", "pw");
  MemoryRecords records;
  const Capture capture = capture_of(source, records, request);
  EXPECT_FALSE(capture.exact);
  EXPECT_NE(capture.reason.find("INFO"), std::string::npos);
  RedisServer target;
  load_into(target, capture, records);
  EXPECT_EQ(content_of(target), content_of(source));
}

TEST(RedisCapture, IsFuzzyWhenTheConnectionThatListensIsLost) {
  RedisServer source;
  fill(source);
  Connection other = source.connect();
  CaptureRequest request;
  request.after_batch = once_after(2, [&] {
    const std::string list = other.require({"CLIENT", "LIST"}).text;
    const std::size_t line = list.rfind('\n', list.find("flags=t"));
    const std::size_t begin = line == std::string::npos ? 3 : line + 4;  // "id=..."
    run(other, {"CLIENT", "KILL", "ID", list.substr(begin, list.find(' ', begin) - begin)});
  });
  MemoryRecords records;
  const Capture capture = capture_of(source, records, request);
  EXPECT_FALSE(capture.exact);
  EXPECT_NE(capture.reason.find("lost"), std::string::npos) << capture.reason;
}

TEST(RedisCapture, IsFuzzyWhenMoreChangesThanCanBeRemembered) {
  RedisServer source;
  fill(source);
  Connection other = source.connect();
  CaptureRequest request;
  request.changed_bytes = 4'000;
  request.after_batch = once_after(2, [&] {
    for (int i = 0; i < 500; ++i) run(other, {"SET", "new:" + std::to_string(i), "1"});
  });
  MemoryRecords records;
  const Capture capture = capture_of(source, records, request);
  EXPECT_FALSE(capture.exact);
  EXPECT_NE(capture.reason.find("remembered"), std::string::npos) << capture.reason;
  EXPECT_FALSE(capture.unsettled);
}

TEST(RedisCapture, ReadsExpiriesOfOlderServersToTheMillisecondOrSo) {
  RedisServer source({.settings = {{"rename-command", "PEXPIRETIME \"\""}}, .loopback = false});
  Connection connection = source.connect();
  run(connection, {"SET", "a", "1", "PXAT", "4000000000000"});
  run(connection, {"SET", "b", "1"});
  MemoryRecords records;
  const Capture capture = capture_of(source, records);
  EXPECT_TRUE(capture.exact) << capture.reason;
  RedisServer target;
  load_into(target, capture, records);
  Connection restored = target.connect();
  EXPECT_NEAR(static_cast<double>(restored.require({"PEXPIRETIME", "a"}).integer), 4e12, 2.0);
  EXPECT_EQ(restored.require({"PEXPIRETIME", "b"}).integer, -1);
}

TEST(RedisCapture, WritesNothingToTheSource) {
  RedisServer source;
  fill(source);
  const std::string before = content_of(source);
  Connection connection = source.connect();
  const auto changes = [&] {
    return parse_info(connection.require({"INFO", "persistence"}).text)
        .at("rdb_changes_since_last_save");
  };
  const std::string changes_before = changes();
  MemoryRecords records;
  static_cast<void>(capture_of(source, records));
  EXPECT_EQ(changes(), changes_before);
  EXPECT_EQ(content_of(source), before);
}

TEST(RedisCapture, NamesKeysThatItMayNotRead) {
  RedisServer source({.settings = {{"user", "half on >pw ~hash* ~string* ~lifeboat* &* +@all"}},
                      .loopback = false});
  Connection connection = source.connect();
  run(connection, {"SET", "string:1", "a"});
  run(connection, {"SET", "hidden", "a"});
  CaptureRequest request;
  request.url = source.url_as("half", "pw");
  MemoryRecords records;
  const Capture capture = capture_of(source, records, request);
  ASSERT_EQ(capture.not_carried.size(), 1U);
  EXPECT_EQ(capture.not_carried[0].object, "key \"hidden\" of database 0");
  EXPECT_EQ(capture.not_carried[0].severity, Severity::loss);
}

TEST(RedisCapture, CutsUnchangedDataAlikeEachTime) {
  RedisServer source;
  Connection connection = source.connect();
  run(connection, {"EVAL", "for i = 1, 60000 do redis.call('SET', 'k' .. i, i) end", "0"});
  CaptureRequest request;
  request.depth = 1000;
  MemoryRecords first;
  static_cast<void>(capture_of(source, first, request));
  run(connection, {"SET", "k777", "changed"});
  MemoryRecords second;
  static_cast<void>(capture_of(source, second, request));
  ASSERT_GE(first.range_count(), 2U);
  ASSERT_EQ(first.range_count(), second.range_count());
  std::size_t different = 0;
  for (std::size_t i = 0; i < first.range_count(); ++i) {
    if (first.ranges()[i] != second.ranges()[i]) ++different;
  }
  EXPECT_EQ(different, 1U);
}

}  // namespace
}  // namespace lifeboat::redis
