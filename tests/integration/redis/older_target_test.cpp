// Payloads that the target does not take: written by commands of their types.
#include <gtest/gtest.h>

#include "redis/compare.h"
#include "redis/crc64.h"
#include "redis/loader.h"
#include "redis/record.h"
#include "redis/target_mark.h"
#include "redis_content.h"

namespace lifeboat::redis {
namespace {

using harness::MemoryRecords;
using harness::RedisServer;
using resp::Connection;

void set_version(Bytes& payload, std::uint16_t rdb_version) {
  payload.resize(payload.size() - 10);
  payload.push_back(static_cast<std::uint8_t>(rdb_version));
  payload.push_back(static_cast<std::uint8_t>(rdb_version >> 8U));
  const std::uint64_t sum = crc64(0, payload);
  for (unsigned i = 0; i < 8; ++i) payload.push_back(static_cast<std::uint8_t>(sum >> (8 * i)));
}

/// The same records as a server with a newer RDB version would give them.
void pretend_version(MemoryRecords& records, Capture& capture, std::uint16_t rdb_version) {
  for (Bytes& range : records.ranges()) {
    stream::MemorySource source(range);
    RecordReader reader(source);
    Bytes changed;
    while (const std::optional<Record> record = reader.next()) {
      Bytes body(record->body.begin(), record->body.end());
      Record copy = *record;
      if (copy.tag == Tag::value) set_version(body, rdb_version);
      copy.body = body;
      append_record(changed, copy);
    }
    range = changed;
  }
  if (capture.functions) set_version(*capture.functions, rdb_version);
  capture.rdb_version = rdb_version;
}

CompareReport compare_with(const RedisServer& server, const Capture& capture,
                           MemoryRecords& records) {
  SilentObserver observer;
  CompareRequest request;
  request.url = server.url();
  return compare(request, records, capture.functions, observer, {});
}

/// Streams as they get in years: trimmed under their readers, emptied, without groups.
void fill_hard_streams(const RedisServer& server) {
  Connection connection = server.connect(3);
  for (int i = 1; i <= 400; ++i) {
    run(connection, {"XADD", "s", std::to_string(i / 2) + "-" + std::to_string(i), "n",
                     std::to_string(i), std::string(1, '\0') + "f", ""});
  }
  for (const std::string group : {"g1", "g2"}) {
    run(connection, {"XGROUP", "CREATE", "s", group, "0"});
    for (const std::string consumer : {"a", "b", "a"}) {
      run(connection, {"XREADGROUP", "GROUP", group, consumer, "COUNT", "70", "STREAMS", "s", ">"});
    }
  }
  run(connection, {"XGROUP", "CREATECONSUMER", "s", "g2", "idle"});
  run(connection, {"XCLAIM", "s", "g1", "b", "0", "1-3", "4-8", "RETRYCOUNT", "12"});
  run(connection, {"XDEL", "s", "3-6", "40-80", "200-400"});  // pending, and the last one
  run(connection, {"XTRIM", "s", "MINID", "10"});
  run(connection, {"XGROUP", "CREATE", "s", "arbitrary", "77-0", "ENTRIESREAD", "5"});
  run(connection, {"XADD", "emptied", "5-5", "a", "b"});
  run(connection, {"XDEL", "emptied", "5-5"});
  run(connection, {"XGROUP", "CREATE", "pending only", "g", "0", "MKSTREAM"});
  run(connection, {"XADD", "pending only", "8-1", "a", "b"});
  run(connection, {"XREADGROUP", "GROUP", "g", "c", "STREAMS", "pending only", ">"});
  run(connection, {"XDEL", "pending only", "8-1"});
  run(connection, {"XGROUP", "CREATE", "never used", "g", "$", "MKSTREAM"});
  run(connection, {"XGROUP", "DESTROY", "never used", "g"});
}

struct Newer {
  explicit Newer(std::uint16_t rdb_version) {
    fill(source, 10);
    fill_hard_streams(source);
    capture = capture_of(source, records);
    pretend_version(records, capture, rdb_version);
  }
  RedisServer source;
  MemoryRecords records;
  Capture capture;
};

TEST(RedisOlderTarget, IsGivenEveryTypeByCommandsAndHoldsTheSame) {
  Newer newer(12);
  RedisServer target;
  Connection connection = target.connect();
  ASSERT_TRUE(connection.ask({"RESTORE", "x", "0", as_text(*newer.capture.functions)}).is_error());
  const LoadReport report = load_into(target, newer.capture, newer.records);
  EXPECT_EQ(report.refused, 0U);
  EXPECT_TRUE(report.not_restored.empty())
      << report.not_restored.at(0).object << ": " << report.not_restored.at(0).reason;
  EXPECT_EQ(report.by_commands, report.records);
  EXPECT_NE(report.by_commands_reason.find("DUMP payload version"), std::string::npos);
  EXPECT_TRUE(report.functions);
  EXPECT_EQ(content_of(target), content_of(newer.source));
  EXPECT_TRUE(compare_with(target, newer.capture, newer.records).proven());
}

/// What Redis 6.0 is sent, sent to a newer one: it knows all of it.
TEST(RedisOlderTarget, IsSentWhatItsVersionKnows) {
  Newer newer(12);
  newer.capture.functions.reset();
  RedisServer target;
  Connection connection = target.connect();
  LoadRequest request;
  LoadReport report;
  ServerFacts facts;
  facts.version = "6.0.16";
  const std::string why = "too old";
  Loader loader(request, connection, facts, why, report);
  for (std::size_t range = 0; range < newer.records.range_count(); ++range) {
    const auto bytes = newer.records.open_range(range);
    RecordReader reader(*bytes);
    while (const std::optional<Record> record = reader.next()) loader.apply(*record);
  }
  loader.finish();
  EXPECT_EQ(report.refused, 0U);
  ASSERT_EQ(report.not_restored.size(), 1U);
  EXPECT_EQ(report.not_restored[0].object, "of key \"s\" of database 3");
  Connection streams = target.connect(3);
  const auto statistics = parse_info(streams.require({"INFO", "commandstats"}).text);
  EXPECT_FALSE(statistics.contains("cmdstat_xgroup|createconsumer"));
  run(streams, {"XGROUP", "CREATECONSUMER", "s", "g2", "idle"});
  EXPECT_TRUE(compare_with(target, newer.capture, newer.records).proven());
}

TEST(RedisOlderTarget, IsRecognizedByItsRepliesIfTheVersionIsNotKnown) {
  Newer newer(11);
  newer.capture.rdb_version = 0;
  RedisServer target;
  LoadRequest request;
  request.depth = 7;
  const LoadReport report = load_into(target, newer.capture, newer.records, request);
  EXPECT_EQ(report.refused, 0U);
  EXPECT_EQ(report.by_commands, report.records);
  // What was on its way was refused; no more was sent.
  const auto statistics = parse_info(target.connect().require({"INFO", "commandstats"}).text);
  EXPECT_LE(std::stoi(statistics.at("cmdstat_restore").substr(6)), 8);
  EXPECT_EQ(content_of(target), content_of(newer.source));
}

/// The last record of a key decides, also where an earlier one is refused later than it is sent.
TEST(RedisOlderTarget, TakesTheLastRecordOfAKeyWhateverWasRefusedBefore) {
  RedisServer source;
  Connection connection = source.connect();
  Capture capture;
  MemoryRecords records;
  const auto add = [&](const std::string& key, const std::string& value, bool newer) {
    run(connection, {"SET", key, value});
    const resp::Value dumped = connection.require({"DUMP", key});
    Bytes payload(dumped.bytes().begin(), dumped.bytes().end());
    if (newer) set_version(payload, 12);
    Bytes record;
    append_record(record, {Tag::value, 0, kNoExpiry, key, payload});
    records.record(record);
  };
  add("a", "old", true);
  add("a", "new", false);
  add("b", "old", true);
  add("b", "new", true);
  add("c", "old", true);
  Bytes gone;
  append_record(gone, {Tag::gone, 0, kNoExpiry, "c", {}});
  records.record(gone);
  add("d", "old", false);
  add("d", "new", true);
  records.end_range();
  RedisServer target;
  EXPECT_EQ(load_into(target, capture, records).refused, 0U);
  Connection loaded = target.connect();
  EXPECT_EQ(loaded.require({"GET", "a"}).text, "new");
  EXPECT_EQ(loaded.require({"GET", "b"}).text, "new");
  EXPECT_EQ(loaded.require({"GET", "d"}).text, "new");
  EXPECT_EQ(loaded.require({"DBSIZE"}).integer, 3);
}

TEST(RedisOlderTarget, NamesValuesOfTypesThatOnlyTheirServersWrite) {
  RedisServer source;
  Connection connection = source.connect();
  run(connection, {"SET", "fine", "1"});
  MemoryRecords records;
  Capture capture = capture_of(source, records);
  for (const std::uint8_t type : {std::uint8_t{7}, std::uint8_t{25}}) {  // module; field expiries
    Bytes payload = {type, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    set_version(payload, 12);
    Bytes record;
    const std::string key = "type\n" + std::to_string(type);
    append_record(record, {Tag::value, 0, kNoExpiry, key, payload});
    records.record(record);
  }
  records.end_range();
  RedisServer target;
  const LoadReport report = load_into(target, capture, records);
  EXPECT_EQ(report.refused, 2U);
  ASSERT_EQ(report.not_restored.size(), 2U);
  EXPECT_EQ(report.not_restored[0].object, "key \"type\\n25\" of database 0");
  EXPECT_NE(report.not_restored[0].reason.find("RDB type 25"), std::string::npos);
  EXPECT_EQ(report.not_restored[1].object, "key \"type\\n7\" of database 0");
  EXPECT_EQ(target.connect().require({"DBSIZE"}).integer, 1);
}

/// A stream whose deleted entries are above its last id, which no server says of itself: the last
/// of its commands is refused when all others have been carried out.
TEST(RedisOlderTarget, RemovesWhatATransactionLeftHalfDone) {
  Bytes payload = {19, 0, 0, 5, 1, 0, 0, 9, 1, 3, 1, 1, 'g', 5, 1, 3, 0, 0};
  payload.resize(payload.size() + 10);
  set_version(payload, 12);
  MemoryRecords records;
  Bytes record;
  append_record(record, {Tag::value, 0, kNoExpiry, "s", payload});
  records.record(record);
  records.end_range();
  RedisServer target;
  const LoadReport report = load_into(target, {}, records);
  EXPECT_EQ(report.refused, 1U);
  EXPECT_NE(report.not_restored.at(0).reason.find("max_deleted_entry_id"), std::string::npos);
  EXPECT_EQ(target.connect().require({"DBSIZE"}).integer, 0);
}

TEST(RedisOlderTarget, WritesByCommandsAlsoWhereRestoreIsForbidden) {
  RedisServer source;
  fill(source, 5);
  MemoryRecords records;
  const Capture capture = capture_of(source, records);
  RedisServer target(
      {.settings = {{"user", "app on >pw ~* &* +@all -restore"}}, .loopback = false});
  LoadRequest request;
  request.url = target.url_as("app", "pw");
  const LoadReport report = load_into(target, capture, records, request);
  EXPECT_EQ(report.refused, 0U);
  EXPECT_NE(report.by_commands_reason.find("NOPERM"), std::string::npos);
  EXPECT_EQ(content_of(target), content_of(source));
}

TEST(RedisOlderTarget, EndsWhereACommandThatIsNeededIsForbiddenToo) {
  RedisServer source;
  fill(source, 5);
  MemoryRecords records;
  const Capture capture = capture_of(source, records);
  RedisServer target(
      {.settings = {{"user", "app on >pw ~* &* +@all -restore -hset"}}, .loopback = false});
  LoadRequest request;
  request.url = target.url_as("app", "pw");
  try {
    static_cast<void>(load_into(target, capture, records, request));
    ADD_FAILURE() << "it was permitted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::denied);
    EXPECT_NE(error.message().find("hset"), std::string::npos) << error.message();
    EXPECT_NE(error.kept().find(kUnfinishedMark), std::string::npos);
  }
}

/// Above 1 MiB of commands a value has another name until it is whole.
TEST(RedisOlderTarget, WritesBigValuesUnderAnotherNameFirst) {
  RedisServer source;
  Connection connection = source.connect();
  run(connection, {"SET", "string", std::string(3'000'000, 's'), "PXAT", "4000000000000"});
  run(connection, {"EVAL",
                   "for i = 1, 30000 do local v = redis.sha1hex(i) .. redis.sha1hex(-i) "
                   "redis.call('HSET', 'hash', v, i) redis.call('SADD', 'set', v) "
                   "redis.call('RPUSH', 'list', v) redis.call('ZADD', 'zset', i / 7, v) end "
                   "for i = 1, 30000 do redis.call('XADD', 'stream', i .. '-1', 'n', i) end",
                   "0"});
  MemoryRecords records;
  Capture capture = capture_of(source, records);
  pretend_version(records, capture, 12);
  RedisServer target;
  const LoadReport report = load_into(target, capture, records);
  EXPECT_EQ(report.refused, 0U);
  EXPECT_EQ(content_of(target), content_of(source));
  const auto statistics = parse_info(target.connect().require({"INFO", "commandstats"}).text);
  EXPECT_NE(statistics.at("cmdstat_rename").find("calls=6,"), std::string::npos);
}

/// A transaction that finds no memory writes nothing; a big value keeps its other name.
TEST(RedisOlderTarget, HoldsNoHalfValuesWhenItIsOutOfMemory) {
  RedisServer source;
  Connection connection = source.connect();
  run(connection, {"EVAL",
                   "local v = string.rep('v', 150) for k = 1, 40 do for i = 1, 1000 do "
                   "redis.call('HSET', 'small' .. k, i, v) redis.call('RPUSH', 'big' .. k % 4, v) "
                   "end end",
                   "0"});
  MemoryRecords records;
  Capture capture = capture_of(source, records);
  pretend_version(records, capture, 12);
  for (const char* limit : {"4mb", "6mb", "8mb"}) {
    RedisServer target({.settings = {{"maxmemory", limit}}, .loopback = false});
    LoadRequest request;
    request.depth = 50;
    EXPECT_THROW(static_cast<void>(load_into(target, capture, records, request)), Error);
    Connection loaded = target.connect();
    std::size_t whole = 0;
    for (const resp::Value& key : loaded.require({"KEYS", "[sb][mi]*"}).items) {
      EXPECT_EQ(loaded.require({"DEBUG", "DIGEST-VALUE", key.text}),
                connection.require({"DEBUG", "DIGEST-VALUE", key.text}))
          << key.text;
      ++whole;
    }
    EXPECT_GT(whole, 0U);
  }
}

TEST(RedisOlderTarget, AccountsForWhatHasExpired) {
  RedisServer source;
  Connection connection = source.connect();
  run(connection, {"SET", "short", "1", "PX", "200"});
  run(connection, {"SET", "stays", "1"});
  MemoryRecords records;
  Capture capture = capture_of(source, records);
  pretend_version(records, capture, 12);
  while (!connection.require({"GET", "short"}).is_nil()) {
  }
  RedisServer target;
  EXPECT_EQ(load_into(target, capture, records).expired, 1U);
  EXPECT_EQ(target.connect().require({"DBSIZE"}).integer, 1);
}

}  // namespace
}  // namespace lifeboat::redis
