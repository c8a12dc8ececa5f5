#include "vault/restore_size.h"

#include <gtest/gtest.h>

#include "added_by_hand.h"
#include "base/units.h"

namespace lifeboat::vault {
namespace {

using std::chrono::days;

const Instant kDay = at("2026-11-01");

/// Read 1,000 and stored 200 at first; 1,500 bytes today.
SourceByHand shop(std::uint8_t writer = 1) {
  SourceByHand source("shop-db", writer);
  source.add(kDay, 200).read_bytes = 1000;
  source.add(kDay + days(1), 10).read_bytes = 1500;
  return source;
}

TEST(RestoreSize, IsWhatTheFirstSnapshotStoredGrownAsTheSourceGrew) {
  const RestoreSize size = restore_size({shop().series()}, kDay + days(1), 10'000);
  EXPECT_EQ(size.sources, 1U);
  EXPECT_EQ(size.bytes, 300U);
  EXPECT_FALSE(size.at_most);
  EXPECT_EQ(size.least_gets, 1U);
  EXPECT_EQ(size.least_heads, 1U);
}

TEST(RestoreSize, IsABoundWhereTheFirstSnapshotWasSwept) {
  SourceByHand source = shop();
  source.series().begins_whole = false;
  const RestoreSize by_read = restore_size({source.series()}, kDay + days(1), 10'000);
  EXPECT_EQ(by_read.bytes, 1500U);
  EXPECT_TRUE(by_read.at_most);
  EXPECT_EQ(restore_size({source.series()}, kDay + days(1), 700).bytes, 700U);
}

TEST(RestoreSize, TakesEachSourceOnceAndNoneThatIsNoLongerCaptured) {
  SourceByHand old = shop(1);
  SourceByHand replaced = shop(2);
  for (Addition& one : replaced.series().additions) one.time += days(2);
  SourceByHand gone("gone-db", 3);
  gone.each(kDay - days(90), days(1), 5, 1000);
  const std::vector<SourceSeries> all = {old.series(), replaced.series(), gone.series()};
  const RestoreSize size = restore_size(all, kDay + days(4), 10'000);
  EXPECT_EQ(size.sources, 1U);
  EXPECT_EQ(size.bytes, 300U);
}

TEST(RestoreSize, CountsPartsAndPacks) {
  SourceByHand large("large-db");
  large.add(kDay, 40 * kMiB);
  const RestoreSize size = restore_size({large.series()}, kDay, 100 * kMiB);
  EXPECT_EQ(size.bytes, 40 * kMiB);
  EXPECT_EQ(size.least_gets, 10U);
  EXPECT_EQ(size.least_heads, 3U);
}

TEST(RestoreSize, OfNothingIsNothing) {
  const RestoreSize size = restore_size({}, kDay, 100);
  EXPECT_EQ(size.sources, 0U);
  EXPECT_EQ(size.bytes, 0U);
}

}  // namespace
}  // namespace lifeboat::vault
