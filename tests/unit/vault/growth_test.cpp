// How fast a vault grows and how often it is written to, and when nobody can tell yet.
#include "vault/growth.h"

#include <gtest/gtest.h>

#include "added_by_hand.h"

namespace lifeboat::vault {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

const Instant kDay = at("2026-11-01");

TEST(Growth, IsWhatIsAddedADayWithoutTheFirstSnapshot) {
  SourceByHand shop;
  shop.add(kDay, 5000);
  for (int i = 1; i < 10; ++i) shop.add(kDay + i * hours(12), 50);
  const GrowthFit fit = growth_of(shop.series());
  ASSERT_TRUE(fit.growth);
  EXPECT_DOUBLE_EQ(fit.growth->bytes_a_day, 100);
  EXPECT_DOUBLE_EQ(fit.growth->least, 100);
  EXPECT_DOUBLE_EQ(fit.growth->greatest, 100);
  EXPECT_EQ(fit.snapshots, 10U);
  EXPECT_EQ(fit.span, hours(108));
}

TEST(Growth, IsATrendThatOneLargeImportDoesNotBend) {
  SourceByHand shop;
  shop.each(kDay, days(1), 30, 10);
  shop.series().additions[28].added_bytes = 1'000'000;
  const GrowthFit fit = growth_of(shop.series());
  EXPECT_DOUBLE_EQ(fit.growth->bytes_a_day, 10);
}

TEST(Growth, ThatIsUnevenIsTellableByItsQuartiles) {
  SourceByHand uneven;  // each day adds more than the last one
  for (std::uint64_t i = 0; i < 30; ++i) uneven.add(kDay + i * days(1), 10 * i);
  const auto growth = growth_of(uneven.series()).growth;
  EXPECT_LT(growth->least, growth->bytes_a_day);
  EXPECT_GT(growth->greatest, growth->bytes_a_day);
}

TEST(Growth, IsNotKnownFromTwoSnapshotsNorFromHalfADay) {
  SourceByHand two;
  two.each(kDay, days(20), 2, 10);
  EXPECT_FALSE(growth_of(two.series()).growth);
  EXPECT_EQ(growth_of(two.series()).snapshots, 2U);
  SourceByHand brief;
  brief.each(kDay, hours(1), 24, 10);
  EXPECT_FALSE(growth_of(brief.series()).growth);
  EXPECT_EQ(growth_of(brief.series()).span, hours(23));
  brief.add(kDay + days(1), 10);
  EXPECT_TRUE(growth_of(brief.series()).growth);
  EXPECT_FALSE(growth_of(SourceSeries{}).growth);
  EXPECT_FALSE(growth_of(std::vector<SourceSeries>{}).growth);
}

TEST(Growth, RestsOnWhatCameAfterTheNewestSweptSnapshot) {
  SourceByHand shop;
  shop.each(kDay, days(7), 10, 10);            // what a sweep left of daily ones
  shop.each(kDay + days(70), days(1), 5, 10);  // of which nothing is gone
  EXPECT_LT(growth_of(shop.series()).growth->bytes_a_day, 5);
  shop.series().swept_seq = 10;
  const GrowthFit fit = growth_of(shop.series());
  EXPECT_EQ(fit.snapshots, 5U);
  EXPECT_DOUBLE_EQ(fit.growth->bytes_a_day, 10);
}

TEST(Growth, OfAllSourcesCountsASnapshotOfTwoOnce) {
  SourceByHand shop("shop-db");
  SourceByHand sessions("sessions");  // the same writer, so the same ids
  shop.each(kDay, days(1), 5, 10);
  sessions.each(kDay, days(1), 5, 4);
  const GrowthFit fit = growth_of(std::vector{shop.series(), sessions.series()});
  EXPECT_EQ(fit.snapshots, 5U);
  EXPECT_DOUBLE_EQ(fit.growth->bytes_a_day, 14);
}

TEST(Growth, OfAllSourcesBeginsWhereEachIsKnown) {
  SourceByHand shop("shop-db", 1);
  SourceByHand other("other-db", 2);
  shop.each(kDay, days(1), 20, 10);
  other.each(kDay, days(1), 20, 100);
  other.series().swept_seq = 15;
  const GrowthFit fit = growth_of(std::vector{shop.series(), other.series()});
  EXPECT_EQ(fit.snapshots, 10U);
  EXPECT_EQ(fit.span, days(4));
}

TEST(Growth, OfManySnapshotsIsFoundInAMomentAndTheSame) {
  SourceByHand shop;
  shop.each(kDay, hours(1), 8760, 10);
  const GrowthFit fit = growth_of(shop.series());
  EXPECT_EQ(fit.snapshots, 8760U);
  EXPECT_DOUBLE_EQ(fit.growth->bytes_a_day, 240);
}

TEST(Cadence, IsTheMedianOfTheNewestIntervals) {
  SourceByHand shop;
  shop.each(kDay, days(1), 30, 10);
  shop.each(kDay + days(30), hours(4), 21, 10);
  shop.add(kDay + days(30) + 20 * hours(4) + minutes(30), 10);  // by hand
  const auto cadence = cadence_of(shop.series(), kDay + days(34));
  ASSERT_TRUE(cadence);
  EXPECT_EQ(cadence->every, hours(4));
  EXPECT_TRUE(cadence->by_trend);
}

TEST(Cadence, AddsWhatTheTrendSaysElseTheMedian) {
  SourceByHand shop;
  shop.add(kDay, 5000);
  for (int i = 1; i < 10; ++i) shop.add(kDay + i * hours(12), 50);
  EXPECT_EQ(cadence_of(shop.series(), kDay + days(5))->added_bytes, 50U);
  SourceByHand young;
  young.add(kDay, 5000);
  young.add(kDay + hours(1), 7);
  const auto cadence = cadence_of(young.series(), kDay + hours(2));
  EXPECT_FALSE(cadence->by_trend);
  EXPECT_EQ(cadence->added_bytes, 7U);
}

TEST(Cadence, OfOneSnapshotIsUnknown) {
  SourceByHand shop;
  shop.add(kDay, 10);
  EXPECT_FALSE(cadence_of(shop.series(), kDay));
}

TEST(Cadence, EndsAfterAWeekAndThreeMissedIntervals) {
  SourceByHand shop;
  shop.each(kDay, hours(1), 10, 10);
  const Instant newest = kDay + hours(9);
  EXPECT_TRUE(cadence_of(shop.series(), newest + days(7)));
  EXPECT_FALSE(cadence_of(shop.series(), newest + days(7) + minutes(1)));
  SourceByHand rare;
  rare.each(kDay, days(30), 3, 10);
  EXPECT_TRUE(cadence_of(rare.series(), kDay + days(60) + days(90)));
  EXPECT_FALSE(cadence_of(rare.series(), kDay + days(60) + days(91)));
}

TEST(Cadence, IsNeverShorterThanATick) {
  SourceByHand shop;
  shop.each(kDay, std::chrono::seconds(20), 10, 10);
  EXPECT_EQ(cadence_of(shop.series(), kDay + hours(1))->every, minutes(10));
}

TEST(Cadence, SharesTheRequestsOfASnapshotOfTwoSources) {
  SourceByHand shop;
  shop.each(kDay, days(1), 5, 10);
  EXPECT_DOUBLE_EQ(cadence_of(shop.series(), kDay + days(5))->share, 1);
  for (Addition& one : shop.series().additions) one.sources = 2;
  EXPECT_DOUBLE_EQ(cadence_of(shop.series(), kDay + days(5))->share, 0.5);
}

}  // namespace
}  // namespace lifeboat::vault
