// What is read out of texts before a cache is emptied: URLs, INFO, identities of snapshots.
#include <gtest/gtest.h>

#include "base/error.h"
#include "redis/flush.h"
#include "redis/inventory.h"
#include "redis/server_json.h"

namespace lifeboat::redis {
namespace {

TEST(RedisFlushName, IsThePlaceWithoutCredentialsAndWithTheDatabase) {
  const auto name = [](const char* url) { return flush_name_of(Secret(url)); };
  EXPECT_EQ(name("redis://u:hunter2@cache.example"), "cache.example:6379");
  EXPECT_EQ(name("rediss://:hunter2@cache.example:7000/2"), "cache.example:7000/2");
  EXPECT_EQ(name("redis://[::1]:7000/0"), "[::1]:7000");
  EXPECT_EQ(name("unix://u:hunter2@/run/redis.sock?db=3"), "/run/redis.sock?db=3");
}

TEST(RedisPlace, ComesFromAnIdentityAndFromNoOtherText) {
  const Place place = place_from_identity_json(
      R"({"format":1,"engine":"redis","url":"redis://shop@db.example:6379/2","run_id":"abc"})");
  EXPECT_EQ(place.name, "db.example:6379/2");
  EXPECT_EQ(place.database, 2U);
  EXPECT_EQ(place.run_id, "abc");
  for (const char* text : {"", "{", "[]", "7", "{}", R"({"url":7})", R"({"url":"http://x"})",
                           R"({"url":"redis://x","run_id":7})"}) {
    EXPECT_EQ(place_from_identity_json(text).name, "") << text;
  }
}

TEST(RedisInventory, ReadsInfoAndWhatALyingServerSaysIsNoHarm) {
  Inventory inventory;
  read_inventory(
      "# Server\r\nredis_version:7.0.15\r\nuptime_in_seconds:12\r\nmaxmemory:64\r\n"
      "maxmemory_policy:allkeys-lru\r\nkeyspace_hits:3\r\nkeyspace_misses:1\r\n"
      "db0:keys=5,expires=2,avg_ttl=0\r\ndb11:keys=7\r\n",
      inventory);
  EXPECT_EQ(inventory.server.version, "7.0.15");
  EXPECT_EQ(inventory.server.eviction_policy, "allkeys-lru");
  EXPECT_EQ(inventory.uptime_s, 12U);
  EXPECT_EQ(inventory.hit_ratio(), 0.75);
  EXPECT_EQ(inventory.keys(), 12U);
  EXPECT_EQ(inventory.databases.at(0).with_expiry, 2U);
  EXPECT_EQ(inventory.databases.at(11).with_expiry, std::nullopt);

  Inventory lies;
  read_inventory(
      "d:keys=1\r\ndb:keys=1\r\ndbx:keys=1\r\ndb007:keys=4\r\ndb8:keys=\r\ndb9:expires=1\r\n"
      "uptime_in_seconds:-1\r\nkeyspace_hits:99999999999999999999\r\n:\r\n",
      lies);
  EXPECT_EQ(lies.databases.size(), 1U);
  EXPECT_EQ(lies.databases.at(7).keys, 4U);
  EXPECT_EQ(lies.uptime_s, std::nullopt);
  EXPECT_EQ(lies.hit_ratio(), std::nullopt);
}

}  // namespace
}  // namespace lifeboat::redis
