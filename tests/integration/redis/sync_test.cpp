// Captures by replication: SYNC, and the RDB that it gives, split into records.
#include <gtest/gtest.h>

#include <set>

#include "redis/record.h"
#include "redis_content.h"

namespace lifeboat::redis {
namespace {

using harness::MemoryRecords;
using harness::RedisServer;
using resp::Connection;

Capture capture_by_sync(const RedisServer& server, MemoryRecords& records) {
  CaptureRequest request;
  request.path = PathChoice::replication;
  return capture_of(server, records, request);
}

TEST(RedisSync, CarriesEveryTypeExactly) {
  RedisServer source;
  fill(source);
  MemoryRecords records;
  const Capture capture = capture_by_sync(source, records);
  EXPECT_EQ(capture.guarantee(), "exact (replication)");
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

/// Records without their order.
std::multiset<std::string> records_of(MemoryRecords& records) {
  std::multiset<std::string> all;
  for (std::size_t i = 0; i < records.range_count(); ++i) {
    const auto bytes = records.open_range(i);
    RecordReader reader(*bytes);
    while (const auto record = reader.next()) {
      Bytes encoded;
      append_record(encoded, *record);
      all.emplace(as_text(encoded));
    }
  }
  return all;
}

TEST(RedisSync, GivesTheSameRecordsAsCommandsDo) {
  RedisServer source;
  fill(source);
  MemoryRecords by_sync;
  MemoryRecords by_commands;
  const Capture sync = capture_by_sync(source, by_sync);
  const Capture commands = capture_of(source, by_commands);
  EXPECT_EQ(records_of(by_sync), records_of(by_commands));
  EXPECT_EQ(sync.functions, commands.functions);
  EXPECT_EQ(sync.databases, commands.databases);
  EXPECT_LE(std::chrono::abs(sync.at - commands.at), std::chrono::seconds(60));
}

}  // namespace
}  // namespace lifeboat::redis
