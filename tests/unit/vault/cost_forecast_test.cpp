// A vault's size month by month, against cases that were worked out by hand.
#include "vault/cost_forecast.h"

#include <gtest/gtest.h>

#include <cstdio>

#include "added_by_hand.h"

namespace lifeboat::vault {
namespace {

using std::chrono::days;
using std::chrono::hours;

const Instant kNow = at("2026-11-01");
constexpr days kGrace{3};

/// Ten daily snapshots of 10 bytes, the newest a day before now; 100 bytes lie in the store. The
/// first month ends on 1 December: 30 snapshots more, from 2 November on.
struct TenDays {
  TenDays() { shop.each(kNow - days(10), days(1), 10, 10); }

  [[nodiscard]] ForecastRequest request(const KeepPolicy& policy) {
    return {.snapshots = shop.candidates(),
            .series = {shop.series()},
            .stored_bytes = 100,
            .policy = policy,
            .floor = kNoFloor,
            .grace = kGrace,
            .now = kNow,
            .months = 1};
  }
  [[nodiscard]] ForecastMonth first_month(const KeepPolicy& policy) {
    return forecast_cost(request(policy)).months.front();
  }

  SourceByHand shop;
};

TEST(CostForecast, MonthsEndOnTheSameDayOrOnTheLast) {
  EXPECT_EQ(months_later(at("2026-11-30T07:30"), 1), at("2026-12-30T07:30"));
  EXPECT_EQ(months_later(at("2026-11-30T07:30"), 3), at("2027-02-28T07:30"));
  EXPECT_EQ(months_later(at("2027-01-31"), 13), at("2028-02-29"));
}

TEST(CostForecast, WithoutAPolicyNothingIsEverFreed) {
  TenDays ten;
  ForecastRequest request = ten.request({});
  request.months = 2;
  const CostForecast forecast = forecast_cost(request);
  EXPECT_FALSE(forecast.by_policy);
  ASSERT_EQ(forecast.months.size(), 2U);
  const ForecastMonth& first = forecast.months[0];
  EXPECT_EQ(first.at, at("2026-12-01"));
  EXPECT_EQ(first.taken, 30U);
  EXPECT_EQ(first.added_bytes, 300U);
  EXPECT_EQ(first.kept, 40U);
  EXPECT_EQ(first.least_bytes, 400U);
  EXPECT_EQ(first.most_bytes, 400U);
  EXPECT_EQ(forecast.months[1].taken, 31U);
  EXPECT_EQ(forecast.months[1].least_bytes, 710U);
  EXPECT_EQ(forecast.months[1].most_bytes, 710U);
}

TEST(CostForecast, FreesAtTheLeastAllThatForgottenSnapshotsAddedButTheFirst) {
  TenDays ten;
  // Planned on 28 November: 27 and 28 stay. 29, 30 and 1 were taken since.
  const ForecastMonth month = ten.first_month({.last = 2});
  EXPECT_EQ(month.kept, 5U);
  EXPECT_EQ(month.most_bytes, 400U);
  EXPECT_EQ(month.least_bytes, 5 * 10U + 10U);
}

TEST(CostForecast, FreesTheOldestTooIfItIsNotTheOneThatStoredTheSource) {
  TenDays ten;
  ten.shop.series().begins_whole = false;
  EXPECT_EQ(ten.first_month({.last = 2}).least_bytes, 5 * 10U);
}

TEST(CostForecast, KeepsOneOfEachDayAndWhatIsYoung) {
  TenDays ten;
  ten.shop.series().additions.clear();
  ten.shop.each(kNow - days(2), hours(12), 4, 5);  // newest 12 hours ago, 10 bytes a day
  // On 28 November 00:00 the days are 28, 27 and 26: one each, and the head is that of 28.
  const ForecastMonth month = ten.first_month({.daily = 3});
  EXPECT_EQ(month.taken, 60U);
  // 3, and six of the three days since; of 1 December only that of 00:00.
  EXPECT_EQ(month.kept, 3 + 6U);
}

TEST(CostForecast, TheFloorWinsOverThePolicy) {
  TenDays ten;
  ForecastRequest request = ten.request({.last = 1});
  request.floor.count = 5;
  EXPECT_EQ(forecast_cost(request).months[0].kept, 5 + 3U);
  request.floor = kNoFloor;
  request.floor.age = days(7);  // younger than that on 28 November: 22 to 28
  EXPECT_EQ(forecast_cost(request).months[0].kept, 7 + 3U);
}

TEST(CostForecast, PinnedSnapshotsStay) {
  TenDays ten;
  ForecastRequest request = ten.request({.last = 2});
  request.snapshots[4].pinned = "for the auditor";
  const ForecastMonth month = forecast_cost(request).months[0];
  EXPECT_EQ(month.kept, 6U);
  EXPECT_EQ(month.least_bytes, 6 * 10U + 10U);
}

TEST(CostForecast, ProofsMoveOn) {
  TenDays ten;
  ForecastRequest request = ten.request({.last = 1});
  request.snapshots[4].proven = {"shop-db"};
  EXPECT_EQ(forecast_cost(request).months[0].kept, 1 + 3U);
}

TEST(CostForecast, NothingGoesBeforeTheGrace) {
  TenDays ten;
  ForecastRequest request = ten.request({.last = 2});
  request.grace = days(10);
  EXPECT_EQ(forecast_cost(request).months[0].kept, 2 + 10U);
  request.grace = days(35);  // what is planned now is swept in the second month
  request.months = 2;
  const CostForecast forecast = forecast_cost(request);
  EXPECT_EQ(forecast.months[0].kept, 40U);
  EXPECT_EQ(forecast.months[0].least_bytes, 400U);
  EXPECT_LT(forecast.months[1].least_bytes, forecast.months[1].most_bytes);
}

TEST(CostForecast, WhatIsForgottenTodayGoesWithTheNextSweep) {
  TenDays ten;
  ten.shop.series().additions[5].forgotten = kNow - days(1);
  const ForecastMonth month = ten.first_month({});
  EXPECT_EQ(month.most_bytes, 400U);
  EXPECT_EQ(month.least_bytes, 390U);
  ForecastRequest late = ten.request({});
  late.grace = days(60);
  EXPECT_EQ(forecast_cost(late).months[0].least_bytes, 400U);
}

TEST(CostForecast, WhatGoesEarlyIsPaidForUntilItsLeastAge) {
  TenDays ten;
  ForecastRequest request = ten.request({.last = 2});
  request.paid_at_least = days(30);
  // On 1 December those of 2 to 26 November are gone, and younger than 30 days.
  const ForecastMonth month = forecast_cost(request).months[0];
  EXPECT_EQ(month.least_bytes, 60U);
  EXPECT_EQ(month.least_paid_bytes, 60 + 25 * 10U);
  request.paid_at_least = days(0);
  EXPECT_EQ(forecast_cost(request).months[0].least_paid_bytes, 60U);
}

TEST(CostForecast, ASourceThatIsNoLongerCapturedAddsNothing) {
  SourceByHand shop;
  shop.each(kNow - days(60), days(1), 10, 10);
  const CostForecast forecast = forecast_cost({.snapshots = shop.candidates(),
                                               .series = {shop.series()},
                                               .stored_bytes = 100,
                                               .grace = kGrace,
                                               .now = kNow,
                                               .months = 1});
  EXPECT_FALSE(forecast.sources[0].cadence);
  EXPECT_EQ(forecast.months[0].taken, 0U);
  EXPECT_EQ(forecast.months[0].most_bytes, 100U);
}

TEST(CostForecast, TwoSourcesOfOneSnapshotAreOneRun) {
  SourceByHand shop("shop-db");
  SourceByHand sessions("sessions");
  for (SourceByHand* source : {&shop, &sessions}) {
    source->each(kNow - days(10), days(1), 10, 10);
    for (Addition& one : source->series().additions) one.sources = 2;
  }
  const CostForecast forecast = forecast_cost({.snapshots = shop.candidates(),
                                               .series = {shop.series(), sessions.series()},
                                               .stored_bytes = 200,
                                               .grace = kGrace,
                                               .now = kNow,
                                               .months = 1});
  EXPECT_DOUBLE_EQ(forecast.months[0].taken, 30);
  EXPECT_DOUBLE_EQ(forecast.months[0].kept, 40);
  EXPECT_EQ(forecast.months[0].most_bytes, 800U);
}

TEST(CostForecast, OfAYearOfHourlySnapshotsTakesAFractionOfASecond) {
  SourceByHand shop;
  shop.each(kNow - hours(8760), hours(1), 8760, 1'000'000);
  const ForecastRequest request{
      .snapshots = shop.candidates(),
      .series = {shop.series()},
      .stored_bytes = 8'760'000'000,
      .policy = {.within = days(7), .hourly = 48, .daily = 30, .monthly = 12},
      .floor = kNoFloor,
      .grace = kGrace,
      .now = kNow,
      .months = 12};
  const auto start = std::chrono::steady_clock::now();
  const CostForecast forecast = forecast_cost(request);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - start);
  std::printf("[   took   ] %lld ms for a year of hourly snapshots\n",
              static_cast<long long>(took.count()));
  EXPECT_LT(took, std::chrono::seconds(5));  // sanitizers and busy machines included
  double taken = 0;
  for (const ForecastMonth& month : forecast.months) taken += month.taken;
  EXPECT_EQ(taken, 8760U);
  const ForecastMonth& last = forecast.months.back();
  EXPECT_EQ(last.most_bytes, 17'520'000'000U);
  // 168 of 7 days and 72 since, 22 or 23 days and 10 or 11 months beyond; and the first.
  EXPECT_GE(last.kept, 168 + 72 + 30U);
  EXPECT_LE(last.kept, 168 + 72 + 36U);
  EXPECT_LT(last.least_bytes, 300'000'000U);
}

}  // namespace
}  // namespace lifeboat::vault
