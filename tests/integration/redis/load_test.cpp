#include <gtest/gtest.h>

#include "redis_content.h"

namespace lifeboat::redis {
namespace {

using harness::MemoryRecords;
using harness::RedisServer;
using resp::Connection;

struct Captured {
  Captured() {
    fill(source, 10);
    capture = capture_of(source, records);
  }
  RedisServer source;
  MemoryRecords records;
  Capture capture;
};

std::string refusal_of(const RedisServer& target, const Capture& capture, MemoryRecords& records,
                       LoadRequest request = {}) {
  try {
    static_cast<void>(load_into(target, capture, records, std::move(request)));
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::refused) << error.message();
    return error.message();
  }
  return "not refused";
}

TEST(RedisLoad, RefusesATargetThatHoldsKeysUnlessToldToReplaceThem) {
  Captured captured;
  RedisServer target;
  Connection connection = target.connect(4);
  run(connection, {"SET", "own", "1"});
  EXPECT_NE(refusal_of(target, captured.capture, captured.records).find("holds 1 keys"),
            std::string::npos);
  EXPECT_EQ(target.connect().require({"DBSIZE"}).integer, 0);
  LoadRequest request;
  request.replace = true;
  EXPECT_EQ(load_into(target, captured.capture, captured.records, request).refused, 0U);
  EXPECT_EQ(connection.require({"GET", "own"}).text, "1");
}

TEST(RedisLoad, RefusesTheServerThatWasCaptured) {
  Captured captured;
  LoadRequest request;
  request.replace = true;
  EXPECT_NE(refusal_of(captured.source, captured.capture, captured.records, request)
                .find("captured from"),
            std::string::npos);
}

TEST(RedisLoad, RefusesATargetThatWouldDropKeysOrIsTooSmall) {
  Captured captured;
  RedisServer cache({.settings = {{"maxmemory", "100mb"}, {"maxmemory-policy", "allkeys-lru"}},
                     .loopback = false});
  EXPECT_NE(refusal_of(cache, captured.capture, captured.records).find("allkeys-lru"),
            std::string::npos);
  RedisServer small({.settings = {{"maxmemory", "1mb"}}, .loopback = false});
  EXPECT_NE(refusal_of(small, captured.capture, captured.records).find("too small"),
            std::string::npos);
}

TEST(RedisLoad, RefusesAReplica) {
  Captured captured;
  RedisServer master({.settings = {}, .loopback = true});
  RedisServer replica({.settings = {{"replicaof", "127.0.0.1 " + std::to_string(master.port())}},
                       .loopback = false});
  EXPECT_NE(refusal_of(replica, captured.capture, captured.records).find("replica"),
            std::string::npos);
}

TEST(RedisLoad, CountsKeysThatATargetDropped) {
  RedisServer source;
  Connection connection = source.connect();
  run(connection,
      {"EVAL", "for i = 1, 400 do redis.call('SET', 'k' .. i, string.rep('v' .. i, 5000)) end",
       "0"});
  MemoryRecords records;
  const Capture capture = capture_of(source, records);
  RedisServer cache(
      {.settings = {{"maxmemory", "5mb"}, {"maxmemory-policy", "allkeys-lru"}}, .loopback = false});
  LoadRequest request;
  request.allow_eviction = true;
  const LoadReport report = load_into(cache, capture, records, request);
  EXPECT_EQ(report.refused, 0U);  // the server says OK to each
  EXPECT_GT(report.evicted, 0U);
  ASSERT_EQ(report.not_restored.size(), 1U);
  EXPECT_EQ(cache.connect().require({"DBSIZE"}).integer + static_cast<long>(report.evicted), 400);
}

TEST(RedisLoad, StopsWhenTheTargetIsOutOfMemoryAndSaysWhatStands) {
  RedisServer source;
  Connection connection = source.connect();
  run(connection,
      {"EVAL", "for i = 1, 400 do redis.call('SET', 'k' .. i, string.rep('v', 20000)) end", "0"});
  MemoryRecords records;
  const Capture capture = capture_of(source, records);  // compressed: far smaller than in memory
  RedisServer small({.settings = {{"maxmemory", "5mb"}}, .loopback = false});
  try {
    static_cast<void>(load_into(small, capture, records));
    ADD_FAILURE() << "all fitted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unavailable);
    EXPECT_NE(error.kept().find("a part of the snapshot"), std::string::npos);
  }
}

TEST(RedisLoad, AccountsForWhatHasExpiredAndCanFreezeExpiries) {
  RedisServer source;
  Connection connection = source.connect();
  run(connection, {"SET", "short", "1", "PX", "200"});
  run(connection, {"SET", "long", "1", "PXAT", "4000000000000"});
  MemoryRecords records;
  const Capture capture = capture_of(source, records);
  ASSERT_EQ(capture.records, 2U);
  while (!connection.require({"GET", "short"}).is_nil()) {
  }
  RedisServer target;
  const LoadReport report = load_into(target, capture, records);
  EXPECT_EQ(report.expired, 1U);
  EXPECT_EQ(report.refused, 0U);
  EXPECT_EQ(content_of(target), content_of(source));

  RedisServer drill;
  LoadRequest request;
  request.freeze_expiry = true;
  EXPECT_EQ(load_into(drill, capture, records, request).expired, 0U);
  EXPECT_EQ(drill.connect().require({"PEXPIRETIME", "short"}).integer, -1);
  EXPECT_EQ(drill.connect().require({"PEXPIRETIME", "long"}).integer, -1);
}

TEST(RedisLoad, RestoresAPart) {
  Captured captured;
  RedisServer target;
  LoadRequest request;
  request.selection = {.match = "hash:*", .database = 2};
  request.into_database = 6;
  const LoadReport report = load_into(target, captured.capture, captured.records, request);
  EXPECT_EQ(report.records, 11U);  // hash:0 to hash:9 and hash:table
  EXPECT_FALSE(report.functions);
  EXPECT_EQ(target.connect(6).require({"DBSIZE"}).integer, 11);
  EXPECT_EQ(target.connect(6).require({"HGET", "hash:3", "f"}).text, "3");
  EXPECT_EQ(parse_keyspace(target.connect().require({"INFO", "keyspace"}).text).size(), 1U);
}

TEST(RedisLoad, NamesWhatTheServerRefusesAndLoadsTheRest) {
  Captured captured;
  RedisServer target({.settings = {{"user", "half on >pw ~hash:* ~list:* ~lifeboat* &* +@all"}},
                      .loopback = false});
  LoadRequest request;
  request.url = target.url_as("half", "pw");
  const LoadReport report = load_into(target, captured.capture, captured.records, request);
  EXPECT_GT(report.refused, 0U);
  EXPECT_NE(report.not_restored.at(0).reason.find("NOPERM"), std::string::npos);
  EXPECT_EQ(target.connect().require({"HGET", "hash:3", "f"}).text, "3");
}

TEST(RedisLoad, RefusesDamagedRecordsBeforeTheServerSeesThem) {
  Captured captured;
  Bytes& first = captured.records.ranges().at(0);
  first[40] ^= 1;
  RedisServer target;
  EXPECT_THROW(static_cast<void>(load_into(target, captured.capture, captured.records)), Error);
}

}  // namespace
}  // namespace lifeboat::redis
