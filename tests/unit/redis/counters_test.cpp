#include "redis/counters.h"

#include <gtest/gtest.h>

namespace lifeboat::redis {
namespace {

TEST(RedisCounters, AddsUpWhatTrackingDoesNotTell) {
  const Counters counters = parse_counters(
      "# Commandstats\r\n"
      "cmdstat_swapdb:calls=2,usec=6,usec_per_call=3.00,rejected_calls=0,failed_calls=0\r\n"
      "cmdstat_config|resetstat:calls=1,usec=6\r\ncmdstat_config|get:calls=70,usec=6\r\n"
      "cmdstat_xgroup|create:calls=3,usec=1\r\ncmdstat_xgroup|setid:calls=4,usec=1\r\n"
      "cmdstat_xreadgroup:calls=5,usec=1\r\ncmdstat_xack:calls=6,usec=1\r\n"
      "cmdstat_xadd:calls=1000,usec=1\r\ncmdstat_set:calls=1000,usec=1\r\n");
  EXPECT_EQ(counters.swaps, 2U);
  EXPECT_EQ(counters.resets, 1U);
  EXPECT_EQ(counters.group_creations, 3U);
  EXPECT_EQ(counters.groups, 18U);
}

TEST(RedisCounters, ReadsServersThatDoNotCountSubcommands) {
  const Counters counters =
      parse_counters("cmdstat_config:calls=1,usec=1\ncmdstat_xgroup:calls=2,u");
  EXPECT_EQ(counters.resets, 1U);
  EXPECT_EQ(counters.group_creations, 2U);
  EXPECT_EQ(counters.groups, 2U);
}

TEST(RedisCounters, SeeAResetByWhatItForgetsWhenItsOwnCountIsTheSame) {
  const Counters before = parse_counters(
      "cmdstat_config|resetstat:calls=1,usec=1\r\ncmdstat_xinfo|help:calls=1,usec=1\r\n");
  EXPECT_EQ(before.marks, 1U);
  EXPECT_TRUE(before.rules_out_swaps(before));
  const Counters after = parse_counters("cmdstat_config|resetstat:calls=1,usec=1\r\n");
  EXPECT_FALSE(after.rules_out_swaps(before));
  // Where the mark could not be made, only a server whose counts were never forgotten will do.
  EXPECT_FALSE(after.rules_out_swaps(after));
  EXPECT_TRUE(Counters().rules_out_swaps(Counters()));
}

TEST(RedisCounters, DoNotRuleOutASwapAfterOneOrAfterAReset) {
  const Counters before{.swaps = 1, .resets = 0, .groups = 5, .group_creations = 0};
  EXPECT_TRUE(before.rules_out_swaps(before));
  EXPECT_TRUE((Counters{1, 0, 9, 1}).rules_out_swaps(before));
  EXPECT_FALSE((Counters{2, 0, 5, 0}).rules_out_swaps(before));
  EXPECT_FALSE((Counters{1, 1, 5, 0}).rules_out_swaps(before));
  EXPECT_FALSE((Counters{1, 0, 4, 0}).rules_out_swaps(before));
}

}  // namespace
}  // namespace lifeboat::redis
