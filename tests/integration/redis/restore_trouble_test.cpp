// What can go wrong with a target: it is told clearly, and half a restore is not taken for a whole.
#include <gtest/gtest.h>

#include "harness/disk_vault.h"
#include "harness/postgres_server.h"
#include "harness/redis_cutting_proxy.h"
#include "redis/compare.h"
#include "redis/load_target.h"
#include "redis/target_mark.h"
#include "redis_content.h"

namespace lifeboat::redis {
namespace {

using harness::MemoryRecords;
using harness::RedisCuttingProxy;
using harness::RedisServer;
using resp::Connection;

CompareReport compare_with(const RedisServer& server, const Capture& capture,
                           MemoryRecords& records, CompareRequest request = {}) {
  SilentObserver observer;
  request.url = server.url();
  return compare(request, records, capture.functions, observer, {});
}

/// A load's failure. One that comes back without is told.
Error failure_of(const RedisServer& target, const Capture& capture, MemoryRecords& records,
                 LoadRequest request = {}) {
  try {
    static_cast<void>(load_into(target, capture, records, std::move(request)));
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorKind::internal, "nothing went wrong");
}

class RedisRestoreTrouble : public testing::Test {
 protected:
  RedisRestoreTrouble() {
    fill(source_, 2);
    Connection connection = source_.connect(2);
    run(connection, {"SET", "big", std::string(9'000'000, 'b')});  // read in pieces
    capture_ = capture_of(source_, records_);
  }
  /// A whole restore, whatever the target holds.
  void expect_rerun_to_do(const RedisServer& target) {
    LoadRequest request;
    request.url = target.url();
    request.replace_target = target.socket_path();
    EXPECT_EQ(load_into(target, capture_, records_, request).refused, 0U);
    EXPECT_EQ(content_of(target), content_of(source_));
  }

  RedisServer source_;
  MemoryRecords records_;
  Capture capture_;
};

TEST_F(RedisRestoreTrouble, MarksATargetUntilAllOfItIsThere) {
  RedisServer target({.settings = {{"maxmemory", "12mb"}}, .loopback = false});
  const Error error = failure_of(target, capture_, records_);
  EXPECT_EQ(error.kind(), ErrorKind::unavailable) << error.message();
  EXPECT_NE(error.message().find("out of memory"), std::string::npos) << error.message();
  EXPECT_NE(error.kept().find(kUnfinishedMark), std::string::npos);
  Connection connection = target.connect();
  EXPECT_NE(read_mark(connection, 0).find("begun 20"), std::string::npos);
  // It is seen by whoever restores next, and by a comparison.
  const Error next = failure_of(target, capture_, records_);
  EXPECT_EQ(next.kind(), ErrorKind::refused);
  EXPECT_NE(next.message().find("not finished"), std::string::npos) << next.message();
  EXPECT_NE(next.hint().find("--replace " + target.socket_path()), std::string::npos);
  EXPECT_FALSE(compare_with(target, capture_, records_).proven());
  run(connection, {"CONFIG", "SET", "maxmemory", "0"});
  expect_rerun_to_do(target);
  EXPECT_EQ(read_mark(connection, 0), "");
}

/// The big value is complete under another name, or it is not there.
TEST_F(RedisRestoreTrouble, ShowsNoKeyHalfWrittenWhereverItIsCut) {
  RedisServer target;
  const auto restore_cut_at = [&](RedisCuttingProxy::Count count, std::uint64_t at) {
    const RedisCuttingProxy proxy(target.socket_path(), count, at);
    LoadRequest request;
    request.url = proxy.url();
    request.replace_target = std::string(proxy.url().reveal()).substr(8);
    try {
      static_cast<void>(load_into(target, capture_, records_, request));
      return std::pair(false, proxy.bytes());
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::unavailable) << error.message();
      return std::pair(true, proxy.bytes());
    }
  };
  int marked = 0;
  for (const auto count :
       {RedisCuttingProxy::Count::to_server, RedisCuttingProxy::Count::from_server}) {
    const auto [failed, all] = restore_cut_at(count, 0);
    ASSERT_FALSE(failed);
    const std::uint64_t cuts = harness::long_run() ? 200 : 12;
    for (std::uint64_t i = 1; i <= cuts; ++i) {
      // Half of them where nothing but a few commands was sent, or is left to be sent.
      const std::uint64_t near = 120 + i * 60 % (all / 2);
      const std::uint64_t at = i % 3 == 0 ? near : i % 3 == 1 ? all - near : all * i / (cuts + 1);
      EXPECT_TRUE(restore_cut_at(count, at).first) << "cut at " << at << " of " << all;
      Connection connection = target.connect();
      if (!read_mark(connection, 0).empty())
        ++marked;
      else if (content_of(target) != content_of(source_)) {
        EXPECT_EQ(connection.require({"INFO", "keyspace"}).text, "# Keyspace\r\n")
            << "half a restore without a mark, cut at " << at << " of " << all;
      }
      Connection two = target.connect(2);
      const auto length = two.require({"STRLEN", "big"}).integer;
      EXPECT_TRUE(length == 0 || length == 9'000'000) << length;
      run(connection, {"FLUSHALL"});
    }
  }
  EXPECT_GT(marked, 5);
  expect_rerun_to_do(target);
}

TEST_F(RedisRestoreTrouble, NoticesThatSomebodyEmptiesTheTargetMeanwhile) {
  struct Emptier final : RecordSource {
    Emptier(MemoryRecords& all, const RedisServer& server) : records(all), target(server) {}
    std::size_t range_count() const override { return records.range_count(); }
    std::uint64_t total_bytes() const override { return records.total_bytes(); }
    std::unique_ptr<stream::Source> open_range(std::size_t range) override {
      if (range + 1 == records.range_count()) {
        Connection other = target.connect();
        run(other, {"FLUSHALL"});
      }
      return records.open_range(range);
    }
    MemoryRecords& records;
    const RedisServer& target;
  };
  RedisServer target;
  records_.ranges().push_back(records_.ranges().at(0));
  Emptier source(records_, target);
  LoadRequest request;
  request.url = target.url();
  SilentObserver observer;
  const LoadReport report = load(request, source, {}, observer, {});
  ASSERT_EQ(report.not_restored.size(), 1U);
  EXPECT_NE(report.not_restored[0].reason.find("emptied"), std::string::npos);
}

TEST_F(RedisRestoreTrouble, EmptiesAlsoWhereFlushingIsForbidden) {
  RedisServer target(
      {.settings = {{"user", "app on >pw ~* &* +@all -flushdb -flushall"}}, .loopback = false});
  for (const unsigned database : {0U, 5U}) {
    Connection connection = target.connect(database);
    run(connection, {"EVAL", "for i = 1, 3000 do redis.call('SET', 'old' .. i, i) end", "0"});
  }
  LoadRequest request;
  request.url = target.url_as("app", "pw");
  request.replace_target = target.socket_path();
  const LoadReport report = load_into(target, capture_, records_, request);
  EXPECT_EQ(report.dropped, 6000U);
  EXPECT_TRUE(report.not_restored.empty()) << report.not_restored.at(0).reason;
  EXPECT_EQ(content_of(target), content_of(source_));
}

/// The target holds shorter strings alone: the second piece is refused.
TEST_F(RedisRestoreTrouble, NamesABigValueOfWhichAPieceIsRefused) {
  RedisServer target({.settings = {{"proto-max-bulk-len", "1mb"}}, .loopback = false});
  const LoadReport report = load_into(target, capture_, records_);
  EXPECT_EQ(report.refused, 1U);
  ASSERT_EQ(report.not_restored.size(), 1U);
  EXPECT_EQ(report.not_restored[0].object, "key \"big\" of database 2");
  EXPECT_NE(report.not_restored[0].reason.find("maximum allowed size"), std::string::npos);
  Connection connection = target.connect(2);
  EXPECT_EQ(connection.require({"EXISTS", "big", kPartKey}).integer, 0);
  EXPECT_EQ(connection.require({"EXISTS", "string:1"}).integer, 1);
}

/// It may not be written under either name, and not be removed.
TEST_F(RedisRestoreTrouble, NamesABigValueThatMayNotBeWrittenOnce) {
  RedisServer target(
      {.settings = {{"user", "app on >pw %R~* ~lifeboat:restore:unfinished ~s* &* +@all"}},
       .loopback = false});
  LoadRequest request;
  request.url = target.url_as("app", "pw");
  request.selection = {.match = "[bs]*", .database = 2};
  const LoadReport report = load_into(target, capture_, records_, request);
  EXPECT_EQ(report.refused, 1U);
  EXPECT_NE(report.not_restored.at(0).reason.find("NOPERM"), std::string::npos);
  EXPECT_EQ(target.connect(2).require({"EXISTS", "big"}).integer, 0);
}

TEST_F(RedisRestoreTrouble, TakesNoOtherNameForTheTargets) {
  RedisServer target({.settings = {}, .loopback = true});
  const std::string address = "127.0.0.1:" + std::to_string(target.port());
  LoadRequest request;
  request.url = target.tcp_url();
  EXPECT_EQ(target_name(request), address);
  request.selection.database = 2;
  EXPECT_EQ(target_name(request), address + "/2");
  request.into_database = 7;
  EXPECT_EQ(target_name(request), address + "/7");
  request.replace_target = address;
  const Error error = failure_of(target, capture_, records_, request);
  EXPECT_EQ(error.kind(), ErrorKind::refused);
  EXPECT_NE(error.message().find("the target is \"" + address + "/7\""), std::string::npos);
}

TEST_F(RedisRestoreTrouble, IsToldAtTheDoor) {
  RedisServer closed({.settings = {{"requirepass", "right"}}, .loopback = false});
  LoadRequest request;
  request.url = closed.url_as("", "wrong");
  EXPECT_EQ(failure_of(closed, capture_, records_, request).kind(), ErrorKind::denied);
  const std::string bus = std::to_string(harness::free_port());  // port + 10000 may be none
  RedisServer cluster(
      {.settings = {{"cluster-enabled", "yes"}, {"cluster-port", bus}}, .loopback = true});
  const Error refused = failure_of(cluster, capture_, records_);
  EXPECT_EQ(refused.kind(), ErrorKind::refused);
  EXPECT_NE(refused.message().find("cluster"), std::string::npos) << refused.message();
  RedisServer unmarkable(
      {.settings = {{"user", "app on >pw ~string:* &* +@all"}}, .loopback = false});
  request.url = unmarkable.url_as("app", "pw");
  const Error denied = failure_of(unmarkable, capture_, records_, request);
  EXPECT_EQ(denied.kind(), ErrorKind::denied) << denied.message();
  EXPECT_EQ(unmarkable.connect().require({"DBSIZE"}).integer, 0);
}

TEST_F(RedisRestoreTrouble, WaitsForATargetThatStillLoads) {
  RedisServer before;
  Connection connection = before.connect();
  run(connection,
      {"EVAL", "for i = 1, 400 do redis.call('SET', 'k' .. i, string.rep(i, 100)) end", "0"});
  run(connection, {"SAVE"});
  RedisServer loading({.settings = {{"dir", before.folder()},
                                    {"key-load-delay", "5000"},
                                    {"loading-process-events-interval-bytes", "1024"}},
                       .loopback = false});
  LoadRequest request;
  request.patience = std::chrono::milliseconds(1);
  const Error error = failure_of(loading, capture_, records_, request);
  EXPECT_EQ(error.kind(), ErrorKind::unavailable) << error.message();
  EXPECT_NE(error.message().find("still loading"), std::string::npos) << error.message();
  // Patience helps; then it is seen what it has loaded.
  EXPECT_NE(failure_of(loading, capture_, records_).message().find("holds 400 keys"),
            std::string::npos);
}

TEST_F(RedisRestoreTrouble, NamesADatabaseThatTheTargetLacks) {
  RedisServer target({.settings = {{"databases", "4"}}, .loopback = false});
  LoadRequest request;
  request.databases = {0, 2, 9};
  const Error error = failure_of(target, capture_, records_, request);
  EXPECT_EQ(error.kind(), ErrorKind::refused);
  EXPECT_NE(error.message().find("no database 9"), std::string::npos) << error.message();
  EXPECT_EQ(target.connect().require({"DBSIZE"}).integer, 0);
  // A snapshot that does not say which it has is found out later.
  const Error late = failure_of(target, capture_, records_);
  EXPECT_EQ(late.kind(), ErrorKind::refused);
  EXPECT_NE(late.kept().find(kUnfinishedMark), std::string::npos);
  request.selection.database = 2;
  request.replace_target = target.socket_path() + "/2";
  EXPECT_EQ(load_into(target, capture_, records_, request).refused, 0U);
}

TEST_F(RedisRestoreTrouble, DoesNotBringOverTheMarkOfAnotherRestore) {
  Connection connection = source_.connect();
  set_mark(connection, 0, "begun long ago");
  MemoryRecords records;
  const Capture capture = capture_of(source_, records);
  RedisServer target;
  const LoadReport report = load_into(target, capture, records);
  ASSERT_EQ(report.not_restored.size(), 1U);
  EXPECT_EQ(report.not_restored[0].severity, Severity::loss);
  Connection there = target.connect();
  EXPECT_EQ(read_mark(there, 0), "");
}

/// Between the capture and the restore all of them expire.
TEST(RedisExpiry, AccountsForEachOfManyKeysThatExpireBeforeTheRestore) {
  const std::uint64_t count = harness::long_run() ? 1'000'000 : 20'000;
  RedisServer source;
  Connection connection = source.connect();
  run(connection, {"EVAL",
                   "for i = 1, tonumber(ARGV[1]) do redis.call('SET', 'k' .. i, i, 'PX', ARGV[2]) "
                   "end redis.call('SET', 'stays', 1)",
                   "0", std::to_string(count), harness::long_run() ? "60000" : "4000"});
  MemoryRecords records;
  const Capture capture = capture_of(source, records);
  ASSERT_EQ(capture.keys(), count + 1);
  const std::string last = "k" + std::to_string(count);
  while (connection.require({"EXISTS", last}).integer == 1) {
  }
  RedisServer target;
  const LoadReport loaded = load_into(target, capture, records);
  EXPECT_EQ(loaded.expired, count);
  EXPECT_EQ(loaded.records, count + 1);
  EXPECT_EQ(target.connect().require({"DBSIZE"}).integer, 1);
  CompareRequest request;
  request.named = 7;
  const CompareReport report = compare_with(target, capture, records, request);
  EXPECT_TRUE(report.proven());
  EXPECT_EQ(report.expired, count);
  EXPECT_EQ(report.equal, 1U);
  ASSERT_EQ(report.expired_keys.size(), 7U);
  for (const KeyDifference& one : report.expired_keys) {
    EXPECT_TRUE(one.key.starts_with('k'));
    EXPECT_LE(one.expected_expiry_ms,
              static_cast<std::uint64_t>(report.at.time_since_epoch().count()));
  }
}

}  // namespace
}  // namespace lifeboat::redis
