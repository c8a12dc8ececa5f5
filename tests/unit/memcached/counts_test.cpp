// Lines of answers, one by one.
#include <gtest/gtest.h>

#include "memcached/inventory.h"
#include "memcached/stats.h"

namespace lifeboat::memcached {
namespace {

constexpr std::int64_t kNow = 1'795'953'997;

KeyCounts counts_of(const std::vector<std::string>& lines) {
  KeyCounts counts;
  for (const std::string& line : lines) EXPECT_TRUE(count_key(line, kNow, counts)) << line;
  return counts;
}

std::string expiring(std::int64_t at) {
  return "key=a%20b exp=" + std::to_string(at) + " la=1 cas=1 fetch=no cls=1 size=10";
}

TEST(MemcachedKeyCounts, SortsKeysByHowLongTheyLive) {
  const KeyCounts counts =
      counts_of({expiring(-1), expiring(0), expiring(kNow - 5), expiring(kNow), expiring(kNow + 60),
                 expiring(kNow + 61), expiring(kNow + 3600), expiring(kNow + 86400),
                 expiring(kNow + 7 * 86400), expiring(kNow + 7 * 86400 + 1)});
  EXPECT_EQ(counts.keys, 10U);
  EXPECT_EQ(counts.bytes, 100U);
  EXPECT_EQ(counts.no_expiry, 2U);
  EXPECT_EQ(counts.expired, 2U);
  EXPECT_EQ(counts.within_minute, 1U);
  EXPECT_EQ(counts.within_hour, 2U);
  EXPECT_EQ(counts.within_day, 1U);
  EXPECT_EQ(counts.within_week, 1U);
  EXPECT_EQ(counts.later, 1U);
}

TEST(MemcachedKeyCounts, RefusesLinesThatNameNoKeyAndCountsNothingOfThem) {
  KeyCounts counts;
  for (const char* line : {"", "END", "key=a", "key=a exp=", "key=a exp=x size=1", "exp=1 key=a",
                           "key=a exp=99999999999999999999 size=1", "VALUE a 0 1"}) {
    EXPECT_FALSE(count_key(line, kNow, counts)) << line;
  }
  EXPECT_EQ(counts, KeyCounts());
  EXPECT_TRUE(count_key("key=a exp=-1 size=-7", kNow, counts));  // a lie adds no bytes
  EXPECT_EQ(counts.bytes, 0U);
}

TEST(MemcachedStats, KeepsTextAndTellsNumbersFromIt) {
  Stats stats;
  EXPECT_TRUE(add_stat("STAT curr_items 12", stats));
  EXPECT_TRUE(add_stat("STAT version 1.6.18", stats));
  EXPECT_TRUE(add_stat("STAT inter", stats));
  for (const char* line : {"", "STAT", "STAT ", "STAT  x", "curr_items 12", "END"}) {
    EXPECT_FALSE(add_stat(line, stats)) << line;
  }
  EXPECT_EQ(stats.number("curr_items"), 12U);
  EXPECT_EQ(stats.number("version"), std::nullopt);
  EXPECT_EQ(stats.number("nothing"), std::nullopt);
  EXPECT_EQ(stats.text("version"), "1.6.18");
}

TEST(MemcachedInventory, AddsServersUp) {
  Inventory inventory;
  inventory.servers.resize(3);
  EXPECT_EQ(inventory.hit_ratio(), std::nullopt);
  inventory.servers[1].items = 5;
  inventory.servers[1].hits = 3;
  inventory.servers[1].misses = 0;
  inventory.servers[1].version = "1.6.18";
  inventory.servers[1].settings["evictions"] = "off";
  inventory.servers[2].items = 7;
  inventory.servers[2].misses = 1;
  EXPECT_EQ(inventory.items(), 12U);
  EXPECT_EQ(inventory.hit_ratio(), 0.75);
  EXPECT_EQ(inventory.version(), "1.6.18");
  EXPECT_EQ(inventory.eviction_policy(), "none");
}

}  // namespace
}  // namespace lifeboat::memcached
