// Caches through a vault, as the jobs do it: an inventory in, an empty server out.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "bridge/redis_record_source.h"
#include "harness/disk_vault.h"
#include "harness/memcached_server.h"
#include "harness/redis_server.h"
#include "redis/flush.h"
#include "restore/cache_restore.h"
#include "restore/redis_restore.h"
#include "vault/history.h"
#include "vault/snapshot_reader.h"

namespace lifeboat::restore {
namespace {

using harness::DiskVault;
using harness::MemcachedServer;
using harness::RedisServer;
using nlohmann::json;

snapshot::Report take(DiskVault& disk, const snapshot::Request& request) {
  SystemClock clock;
  SilentObserver observer;
  return snapshot::take(disk.open_as(vault::Role::writer), request, clock, observer, {});
}

snapshot::Request caches(std::vector<snapshot::CacheSource> sources) {
  snapshot::Request request;
  request.caches = std::move(sources);
  return request;
}

snapshot::CacheSource memcached_at(const Secret& url) {
  return {"pages", snapshot::CacheEngine::memcached, url};
}
snapshot::CacheSource redis_at(const Secret& url) {
  return {"fragments", snapshot::CacheEngine::redis, url};
}

template <typename Work>
Error error_of(Work work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no error";
  return Error(ErrorKind::internal, "none");
}

CacheReport restore(const vault::SnapshotRecord& record, const CacheRequest& request) {
  SilentObserver observer;
  return restore_cache(record, request, observer, {});
}

TEST(CacheVault, KeepsAnInventoryAndNoKeyOfEither) {
  DiskVault disk;
  MemcachedServer pages;
  pages.set("secretcanary", "secretcanary");
  RedisServer fragments;
  static_cast<void>(
      fragments.connect(2).require({"SET", "secretcanary", "secretcanary", "EX", "100"}));
  const auto report = take(disk, caches({memcached_at(pages.url()), redis_at(fragments.url())}));
  EXPECT_FALSE(report.lost_anything());
  ASSERT_EQ(report.sources.size(), 2U);
  for (const auto& source : report.sources) {
    EXPECT_EQ(source.summary.guarantee, "inventory");
    EXPECT_EQ(source.summary.rows, 0U);
    EXPECT_EQ(source.summary.not_carried.at(0).severity, Severity::harmless);
  }
  EXPECT_EQ(disk.problems(), "");

  const vault::Vault vault = disk.open_as(vault::Role::identity);
  const vault::SnapshotReader reader(vault, vault::resolve_snapshot(vault, "latest"));
  EXPECT_EQ(reader.streams().size(), 2U);
  const std::string text(as_text(reader.document(0, "inventory.json")));
  const json memcached = json::parse(text);
  EXPECT_EQ(memcached.at("servers").at(0).at("keys").at("keys"), 1);
  const std::string other(as_text(reader.document(1, "inventory.json")));
  const json redis = json::parse(other);
  EXPECT_EQ(redis.at("databases"), json::parse(R"([{"number":2,"keys":1,"with_expiry":1}])"));
  EXPECT_EQ(redis.at("eviction_policy"), "noeviction");
  EXPECT_EQ((text + other).find("secretcanary"), std::string::npos);
}

TEST(CacheVault, OfARedisWithoutInfoCountsKeysAndSaysSo) {
  DiskVault disk;
  RedisServer server({.settings = {{"rename-command", "INFO \"\""}}});
  static_cast<void>(server.connect().require({"SET", "k", "v"}));
  static_cast<void>(take(disk, caches({redis_at(server.url())})));
  const vault::Vault vault = disk.open_as(vault::Role::identity);
  const vault::SnapshotReader reader(vault, vault::resolve_snapshot(vault, "latest"));
  const json redis = json::parse(as_text(reader.document(0, "inventory.json")));
  EXPECT_EQ(redis.at("databases").at(0).at("keys"), 1);
  EXPECT_TRUE(redis.at("hits").is_null());
  EXPECT_EQ(redis.at("notes").size(), 1U);
}

TEST(CacheVault, AServerOfAPoolThatIsDownIsALoss) {
  DiskVault disk;
  MemcachedServer up({.loopback = true});
  MemcachedServer down({.loopback = true});
  down.kill();
  const Secret both("127.0.0.1:" + std::to_string(up.port()) +
                    ",127.0.0.1:" + std::to_string(down.port()));
  EXPECT_TRUE(take(disk, caches({memcached_at(both)})).lost_anything());
  EXPECT_EQ(
      error_of([&] { static_cast<void>(take(disk, caches({memcached_at(down.url())}))); }).kind(),
      ErrorKind::unavailable);
}

TEST(CacheVault, NothingIsTouchedUntilTheTargetsNameIsTyped) {
  DiskVault disk;
  RedisServer server;
  static_cast<void>(server.connect().require({"SET", "k", "v"}));
  static_cast<void>(server.connect(2).require({"SET", "k", "v"}));
  const auto taken = take(disk, caches({redis_at(server.url())}));
  const vault::Vault vault = disk.open_as(vault::Role::identity);
  const auto record = vault::resolve_snapshot(vault, "latest");
  CacheRequest request;
  request.engine = CacheEngine::redis;
  request.url = server.url(2);
  const Error unasked = error_of([&] { static_cast<void>(restore(record, request)); });
  EXPECT_EQ(unasked.kind(), ErrorKind::refused);
  EXPECT_NE(unasked.message().find("which holds 1 key"), std::string::npos);
  const std::string name = server.url(2).reveal().substr(7);  // PATH?db=2
  EXPECT_NE(unasked.hint().find("--flush " + name), std::string::npos);
  request.flush = name.substr(0, name.find('?'));  // the database is part of the name
  EXPECT_EQ(error_of([&] { static_cast<void>(restore(record, request)); }).kind(),
            ErrorKind::refused);
  EXPECT_EQ(server.connect(2).require({"DBSIZE"}).integer, 1);

  request.flush = name;
  const CacheReport report = restore(record, request);
  EXPECT_EQ(report.servers.at(0).items_before, 1U);
  EXPECT_EQ(report.servers.at(0).items_after, 0U);
  EXPECT_EQ(server.connect(2).require({"DBSIZE"}).integer, 0);
  EXPECT_EQ(server.connect(0).require({"DBSIZE"}).integer, 1);  // no other database
}

TEST(CacheVault, ADatabaseThatTheSnapshotHoldsAsDataIsNotEmptied) {
  DiskVault disk;
  RedisServer server({.settings = {}, .loopback = true});
  static_cast<void>(server.connect().require({"SET", "k", "v"}));
  snapshot::Request request = caches({redis_at(server.url(1))});
  request.redis.push_back({.name = "sessions", .capture = {}});
  request.redis.back().capture.url = server.url();
  static_cast<void>(take(disk, request));
  const vault::Vault vault = disk.open_as(vault::Role::identity);
  const auto record = vault::resolve_snapshot(vault, "latest");
  CacheRequest flush;
  flush.source = 1;
  flush.engine = CacheEngine::redis;
  // By the same way in, and by another one to the same server.
  for (const Secret& url : {server.url(), server.tcp_url()}) {
    flush.url = url;
    flush.flush = url.reveal().substr(url.reveal().find("://") + 3);
    const Error error = error_of([&] { static_cast<void>(restore(record, flush)); });
    EXPECT_EQ(error.kind(), ErrorKind::refused);
    EXPECT_NE(error.message().find("the source sessions"), std::string::npos) << error.message();
  }
  EXPECT_EQ(server.connect().require({"DBSIZE"}).integer, 1);
}

TEST(CacheVault, ACacheIsFoundByKindAndNameAndDataIsNone) {
  vault::SnapshotBody body;
  const auto add = [&](const char* name, const char* kind, const char* guarantee) {
    body.sources.emplace_back();
    body.sources.back().name = name;
    body.sources.back().kind = kind;
    body.sources.back().guarantee = guarantee;
  };
  add("shop", "postgres", "exact");
  add("sessions", "redis", "exact");
  add("fragments", "redis", "inventory");
  add("pages", "memcached", "inventory");
  const auto inventory = [](const vault::SourceSummary& one) {
    return one.guarantee == "inventory";
  };
  EXPECT_EQ(find_cache(body, {}, CacheEngine::redis, inventory), 2);
  EXPECT_EQ(find_cache(body, {}, CacheEngine::memcached, inventory), 3);
  EXPECT_EQ(bridge::find_redis_source(body, {}), 1);
  EXPECT_EQ(caches_in(body), (std::vector<std::string>{"fragments", "pages"}));
  const auto kind_of = [&](const char* name, CacheEngine engine) {
    return error_of([&] { static_cast<void>(find_cache(body, name, engine, inventory)); }).kind();
  };
  EXPECT_EQ(kind_of("sessions", CacheEngine::redis), ErrorKind::refused);
  EXPECT_EQ(kind_of("fragments", CacheEngine::memcached), ErrorKind::not_found);
  EXPECT_EQ(kind_of("nothing", CacheEngine::redis), ErrorKind::not_found);
  add("more", "memcached", "inventory");
  EXPECT_EQ(error_of([&] {
              static_cast<void>(find_cache(body, {}, CacheEngine::memcached, inventory));
            }).kind(),
            ErrorKind::usage);
}

TEST(CacheVault, AnInventoryIsNeverLoaded) {
  DiskVault disk;
  RedisServer server;
  static_cast<void>(take(disk, caches({redis_at(server.url())})));
  const vault::Vault vault = disk.open_as(vault::Role::identity);
  RedisRequest request;
  request.source = "fragments";
  request.load.url = server.url();
  SilentObserver observer;
  EXPECT_EQ(error_of([&] {
              static_cast<void>(restore_redis(vault, vault::resolve_snapshot(vault, "latest"),
                                              request, observer, {}));
            }).kind(),
            ErrorKind::refused);
}

TEST(CacheFlush, ARedisThatIsFullAndDropsNothingIsEmptiedAllTheSame) {
  RedisServer server({.settings = {{"maxmemory", "4mb"}, {"maxmemory-policy", "noeviction"}}});
  resp::Connection connection = server.connect();
  const std::string value(20'000, 'v');
  resp::Value said;
  for (int i = 0; i < 10'000 && !said.is_error(); ++i) {
    said = connection.ask({"SET", "k" + std::to_string(i), value});
  }
  ASSERT_EQ(said.code(), "OOM");
  EXPECT_GT(redis::flush(server.url(), {}).keys_before, 10U);
  EXPECT_EQ(connection.require({"DBSIZE"}).integer, 0);
}

TEST(CacheFlush, AReplicaIsRefusedAndAForbiddenCommandSaysWhatToDo) {
  RedisServer server({.settings = {{"user", "weak on >weakword ~* +@all -flushdb"}}});
  const Error denied =
      error_of([&] { static_cast<void>(redis::flush(server.url_as("weak", "weakword"), {})); });
  EXPECT_EQ(denied.kind(), ErrorKind::denied);
  EXPECT_NE(denied.hint().find("FLUSHDB"), std::string::npos);
  RedisServer renamed({.settings = {{"rename-command", "FLUSHDB \"\""}}});
  EXPECT_EQ(error_of([&] { static_cast<void>(redis::flush(renamed.url(), {})); }).kind(),
            ErrorKind::refused);
  RedisServer replica({.settings = {{"replicaof", "127.0.0.1 1"}}});
  EXPECT_EQ(
      error_of([&] { static_cast<void>(redis::look_before_flush(replica.url(), {})); }).kind(),
      ErrorKind::refused);
}

}  // namespace
}  // namespace lifeboat::restore
