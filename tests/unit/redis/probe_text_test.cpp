#include <gtest/gtest.h>

#include "redis/probe.h"

namespace lifeboat::redis {
namespace {

TEST(RedisInfo, ReadsLinesOfNamesAndValues) {
  const auto info = parse_info("# Server\r\nredis_version:7.0.15\r\nconfig_file:\r\nodd\r\na:b:c");
  EXPECT_EQ(info.at("redis_version"), "7.0.15");
  EXPECT_EQ(info.at("config_file"), "");
  EXPECT_EQ(info.at("a"), "b:c");
  EXPECT_EQ(info.size(), 3U);
}

TEST(RedisInfo, ReadsTheKeysOfEachDatabase) {
  const auto databases = parse_keyspace(
      "# Keyspace\r\ndb0:keys=12,expires=1,avg_ttl=0\r\ndb11:keys=3,expires=0,avg_ttl=0\r\n");
  EXPECT_EQ(databases, (std::map<std::uint32_t, std::uint64_t>{{0, 12}, {11, 3}}));
}

TEST(RedisAcl, LosesEveryHashOfAPassword) {
  EXPECT_EQ(without_hashes("user shop on sanitize-payload #5e884898da28 >plain ~* &* +@all -eval"),
            "user shop on sanitize-payload #... >... ~* &* +@all -eval");
}

}  // namespace
}  // namespace lifeboat::redis
