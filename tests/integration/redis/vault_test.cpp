// A server through a vault into another server, as the jobs do it.
#include <gtest/gtest.h>

#include "harness/disk_vault.h"
#include "redis_content.h"
#include "restore/redis_restore.h"
#include "vault/history.h"

namespace lifeboat::redis {
namespace {

using harness::DiskVault;
using harness::RedisServer;
using resp::Connection;

snapshot::Report take(DiskVault& disk, const RedisServer& server) {
  SystemClock clock;
  SilentObserver observer;
  snapshot::Request request;
  request.redis.push_back({.name = "sessions", .capture = {}});
  request.redis.back().capture.url = server.url();
  return snapshot::take(disk.open_as(vault::Role::writer), request, clock, observer, {});
}

restore::RedisReport restore_newest(DiskVault& disk, const RedisServer& target) {
  SilentObserver observer;
  const vault::Vault vault = disk.open_as(vault::Role::identity);
  restore::RedisRequest request;
  request.load.url = target.url();
  request.compare = true;
  return restore::restore_redis(vault, vault::resolve_snapshot(vault, "latest"), request, observer,
                                {});
}

TEST(RedisVault, BringsAServerThroughAVaultAndProvesIt) {
  DiskVault disk;
  RedisServer source;
  fill(source);
  const snapshot::Report taken = take(disk, source);
  ASSERT_EQ(taken.sources.size(), 1U);
  EXPECT_EQ(taken.sources[0].summary.kind, "redis");
  EXPECT_EQ(taken.sources[0].summary.guarantee, "exact (tracking)");
  EXPECT_FALSE(taken.lost_anything());
  EXPECT_EQ(disk.problems(), "");

  RedisServer target;
  const restore::RedisReport report = restore_newest(disk, target);
  EXPECT_FALSE(report.lost_anything());
  ASSERT_TRUE(report.compared);
  EXPECT_TRUE(report.compared->proven());
  EXPECT_EQ(report.compared->equal, taken.sources[0].summary.rows);
  EXPECT_EQ(content_of(target), content_of(source));
}

TEST(RedisVault, StoresWhatDidNotChangeOnlyOnce) {
  DiskVault disk;
  RedisServer source;
  Connection connection = source.connect();
  run(connection,
      {"EVAL",
       "for i = 1, 30000 do redis.call('SET', 'k' .. i, redis.sha1hex(i) .. redis.sha1hex(-i)) end",
       "0"});
  const std::uint64_t first = take(disk, source).stored_bytes;
  run(connection, {"SET", "k777", "changed"});
  const std::uint64_t second = take(disk, source).stored_bytes;
  EXPECT_GT(first, 1'000'000U);
  EXPECT_LT(second, first / 3);
  RedisServer target;
  EXPECT_TRUE(restore_newest(disk, target).compared->proven());
}

TEST(RedisVault, SaysInTheRecordThatASnapshotIsFuzzy) {
  DiskVault disk;
  RedisServer source({.settings = {{"rename-command", "HELLO \"\""}}, .loopback = false});
  fill(source, 3);
  const snapshot::Report taken = take(disk, source);
  EXPECT_TRUE(taken.sources[0].summary.guarantee.starts_with("fuzzy (keys not counted, "));
  EXPECT_TRUE(taken.lost_anything());
  RedisServer target;
  const restore::RedisReport report = restore_newest(disk, target);
  EXPECT_EQ(report.guarantee, taken.sources[0].summary.guarantee);
  EXPECT_TRUE(report.compared->proven());  // nothing was written meanwhile
  EXPECT_TRUE(report.lost_anything());
}

TEST(RedisVault, HoldsSeveralSourcesAndLosesNoneToAnother) {
  DiskVault disk;
  RedisServer one;
  RedisServer dead;
  fill(one, 2);
  dead.kill();
  SystemClock clock;
  SilentObserver observer;
  snapshot::Request request;
  for (const auto& [name, url] : {std::pair("dead", dead.url()), std::pair("one", one.url())}) {
    request.redis.push_back({.name = name, .capture = {}});
    request.redis.back().capture.url = url;
  }
  const snapshot::Report taken =
      snapshot::take(disk.open_as(vault::Role::writer), request, clock, observer, {});
  ASSERT_EQ(taken.failures.size(), 1U);
  EXPECT_EQ(taken.failures[0].source, "dead");
  RedisServer target;
  EXPECT_TRUE(restore_newest(disk, target).compared->proven());
}

}  // namespace
}  // namespace lifeboat::redis
