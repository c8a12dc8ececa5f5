// What a policy forgets, rule by rule, and what nothing forgets: docs/format/vault.md §17.3.
#include "vault/retention.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "base/error.h"
#include "snapshots_by_hand.h"

namespace lifeboat::vault {
namespace {

using std::chrono::days;
using std::chrono::hours;

/// Places, in the order of adding, of the snapshots that stay.
std::vector<std::size_t> kept(const Snapshots& snapshots, const ForgetPlan& plan) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < snapshots.all().size(); ++i) {
    const auto fate = std::ranges::find_if(plan.snapshots, [&](const SnapshotFate& each) {
      return each.snapshot.id == snapshots.id(i);
    });
    if (!fate->forgotten) places.push_back(i);
  }
  return places;
}

/// Those that a reason keeps.
std::vector<std::size_t> kept_by(const Snapshots& snapshots, const ForgetPlan& plan,
                                 KeepReason reason) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < snapshots.all().size(); ++i) {
    for (const SnapshotFate& fate : plan.snapshots) {
      if (fate.snapshot.id == snapshots.id(i) && std::ranges::count(fate.kept_by, reason) > 0) {
        places.push_back(i);
      }
    }
  }
  return places;
}

using Places = std::vector<std::size_t>;

ErrorKind kind_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.kind();
  }
  throw std::logic_error("no error came");
}

TEST(Retention, WithinKeepsWhatIsYoungerToTheMillisecond) {
  Snapshots all;
  all.add("2026-11-20T11:59:59.999");
  all.add("2026-11-20T12:00:00.000");
  all.add("2026-11-20T12:00:00.001");
  all.add("2026-11-22");
  const ForgetPlan plan =
      plan_forget(all.all(), {.within = days(2)}, kNoFloor, at("2026-11-22T12:00:00"));
  EXPECT_EQ(kept_by(all, plan, KeepReason::within), (Places{2, 3}));
  EXPECT_EQ(kept(all, plan), (Places{2, 3}));
}

TEST(Retention, LastKeepsTheNewestOnes) {
  Snapshots all;
  for (int i = 0; i < 5; ++i) all.add(at("2026-11-01") + days(i));
  const ForgetPlan plan = plan_forget(all.all(), {.last = 2}, kNoFloor, at("2026-11-22"));
  EXPECT_EQ(kept(all, plan), (Places{3, 4}));
  EXPECT_EQ(plan.count_forgotten(), 3U);
}

TEST(Retention, HourlyKeepsTheOldestOfEachHour) {
  Snapshots all;
  all.add("2026-11-22T08:59:59.999");
  all.add("2026-11-22T09:00:00.000");
  all.add("2026-11-22T09:30:00");
  all.add("2026-11-22T11:10:00");
  all.add("2026-11-22T11:50:00");
  const ForgetPlan plan = plan_forget(all.all(), {.hourly = 2}, kNoFloor, at("2026-11-22T12:00"));
  EXPECT_EQ(kept_by(all, plan, KeepReason::hourly), (Places{1, 3}));
  EXPECT_EQ(kept(all, plan), (Places{1, 3, 4}));  // and the head
}

TEST(Retention, DailyKeepsTheOldestOfEachDayInUtc) {
  Snapshots all;
  all.add("2026-11-20T23:59:59.999");
  all.add("2026-11-21T00:00:00");
  all.add("2026-11-21T03:00:00");
  all.add("2026-11-22T03:00:00");
  all.add("2026-11-22T09:00:00");
  const ForgetPlan plan = plan_forget(all.all(), {.daily = 3}, kNoFloor, at("2026-11-22T12:00"));
  EXPECT_EQ(kept_by(all, plan, KeepReason::daily), (Places{0, 1, 3}));
}

TEST(Retention, DaysWithoutASnapshotDoNotUseUpTheNumber) {
  Snapshots all;
  all.add("2026-01-05");
  all.add("2026-06-05");
  all.add("2026-11-05");
  EXPECT_EQ(kept(all, plan_forget(all.all(), {.daily = 3}, kNoFloor, at("2026-11-22"))),
            (Places{0, 1, 2}));
}

TEST(Retention, WeeklyKeepsTheOldestOfEachIsoWeekAcrossTheYear) {
  Snapshots all;
  all.add("2026-12-27T23:00");  // Sunday of week 52
  all.add("2026-12-28T01:00");  // Monday of week 53
  all.add("2027-01-01T01:00");  // Friday of week 53 of 2026
  all.add("2027-01-03T23:59");  // its Sunday
  all.add("2027-01-04T00:00");  // Monday of week 1
  const ForgetPlan plan = plan_forget(all.all(), {.weekly = 3}, kNoFloor, at("2027-01-05"));
  EXPECT_EQ(kept_by(all, plan, KeepReason::weekly), (Places{0, 1, 4}));
}

TEST(Retention, MonthlyAndYearlyKeepTheOldestOfEach) {
  Snapshots all;
  all.add("2024-02-29");
  all.add("2024-12-31T23:59:59.999");
  all.add("2025-01-01T00:00");
  all.add("2025-01-31");
  all.add("2026-02-01");
  all.add("2026-02-28");
  const ForgetPlan monthly = plan_forget(all.all(), {.monthly = 3}, kNoFloor, at("2026-03-01"));
  EXPECT_EQ(kept_by(all, monthly, KeepReason::monthly), (Places{1, 2, 4}));
  const ForgetPlan yearly = plan_forget(all.all(), {.yearly = 2}, kNoFloor, at("2026-03-01"));
  EXPECT_EQ(kept_by(all, yearly, KeepReason::yearly), (Places{2, 4}));
}

TEST(Retention, ASnapshotThatOneRuleKeepsIsKeptAndEveryRuleIsNamed) {
  Snapshots all;
  all.add("2026-11-21");
  all.add("2026-11-22T03:00");
  const ForgetPlan plan = plan_forget(all.all(), {.within = days(1), .last = 1, .daily = 2},
                                      kNoFloor, at("2026-11-22T12:00"));
  EXPECT_EQ(plan.snapshots[0].kept_by, (std::vector{KeepReason::within, KeepReason::last,
                                                    KeepReason::daily, KeepReason::head}));
  EXPECT_EQ(plan.snapshots[1].kept_by, std::vector{KeepReason::daily});
}

TEST(Retention, PartialSnapshotsNeverCountAndStayForAsLongAsWithinSays) {
  Snapshots all;
  all.add("2026-11-20T01:00").complete = false;
  all.add("2026-11-20T02:00");
  all.add("2026-11-21T01:00").complete = false;
  all.add("2026-11-21T02:00");
  all.add("2026-11-22T02:00");
  const ForgetPlan plan =
      plan_forget(all.all(), {.within = hours(36), .daily = 9}, kNoFloor, at("2026-11-22T12:00"));
  EXPECT_EQ(kept_by(all, plan, KeepReason::daily), (Places{1, 3, 4}));
  EXPECT_EQ(kept(all, plan), (Places{1, 2, 3, 4}));
  EXPECT_EQ(plan.snapshots.back().forgotten, ForgetRule::partial);
}

TEST(Retention, EverySourceOfEveryWriterHasTheWholePolicy) {
  Snapshots all;
  all.add("2026-11-01", 1, {"shop-db"});
  all.add("2026-11-02", 1, {"sessions"});
  all.add("2026-11-03", 2, {"shop-db"});
  all.add("2026-11-04", 1, {"shop-db", "sessions"});
  all.add("2026-11-05", 1, {"shop-db"});
  const ForgetPlan plan = plan_forget(all.all(), {.last = 1}, kNoFloor, at("2026-11-22"));
  // The fourth is the newest of `sessions`, though not of shop-db.
  EXPECT_EQ(kept(all, plan), (Places{2, 3, 4}));
}

TEST(Retention, TheNewestRecordOfAChainStays) {
  Snapshots all;
  all.add("2026-11-01");
  all.add("2026-11-02").complete = false;
  const ForgetPlan plan = plan_forget(all.all(), {.last = 1}, kNoFloor, at("2026-11-22"));
  EXPECT_EQ(kept_by(all, plan, KeepReason::head), Places{1});
  EXPECT_EQ(kept_by(all, plan, KeepReason::last), Places{0});
}

TEST(Retention, KeepsTheLastProvenSnapshotWhateverThePolicySays) {
  Snapshots all;
  all.add("2026-01-01").proven = {"shop-db"};
  all.add("2026-02-01").proven = {"shop-db"};
  all.add("2026-03-01");
  all.add("2026-04-01");
  const ForgetPlan plan = plan_forget(all.all(), {.last = 1}, kNoFloor, at("2026-11-22"));
  EXPECT_EQ(kept_by(all, plan, KeepReason::last_proven), Places{1});
  EXPECT_EQ(kept(all, plan), (Places{1, 3}));
}

TEST(Retention, OfASnapshotOfTwoSourcesTheProofOfOneSuffices) {
  Snapshots all;
  all.add("2026-01-01", 1, {"shop-db", "sessions"}).proven = {"sessions"};
  all.add("2026-02-01", 1, {"shop-db", "sessions"}).proven = {"shop-db"};
  all.add("2026-03-01", 1, {"shop-db", "sessions"});
  const ForgetPlan plan = plan_forget(all.all(), {.last = 1}, kNoFloor, at("2026-11-22"));
  EXPECT_EQ(kept_by(all, plan, KeepReason::last_proven), (Places{0, 1}));
}

TEST(Retention, KeepsWhatIsPinned) {
  Snapshots all;
  all.add("2026-01-01").pinned = "before the migration";
  all.add("2026-02-01");
  all.add("2026-03-01");
  const ForgetPlan plan = plan_forget(all.all(), {.last = 1}, kNoFloor, at("2026-11-22"));
  EXPECT_EQ(kept(all, plan), (Places{0, 2}));
}

TEST(Retention, TheFloorOfTrustWinsOverThePolicy) {
  Snapshots all;
  for (int i = 0; i < 10; ++i) all.add(at("2026-11-01") + days(i));
  const RetentionFloor count{.count = 4, .age = {}, .max_run = hours(24)};
  EXPECT_EQ(kept(all, plan_forget(all.all(), {.last = 1}, count, at("2026-11-22"))),
            (Places{6, 7, 8, 9}));
  const RetentionFloor age{.count = 0, .age = days(6), .max_run = hours(24)};
  EXPECT_EQ(kept(all, plan_forget(all.all(), {.last = 1}, age, at("2026-11-11"))),
            (Places{5, 6, 7, 8, 9}));
}

TEST(Retention, FutureDatedOnesAreKeptAndStandForNothing) {
  Snapshots all;
  all.add("2026-11-20");
  all.add("2026-11-21");
  all.add("2031-01-01");
  all.add("2026-11-21T12:00");
  const ForgetPlan plan = plan_forget(all.all(), {.last = 2}, kNoFloor, at("2026-11-22"));
  EXPECT_EQ(kept_by(all, plan, KeepReason::future_dated), Places{2});
  // What came behind it is out of order by its fault; that costs space, and no snapshot.
  EXPECT_EQ(kept_by(all, plan, KeepReason::out_of_order), Places{3});
  EXPECT_EQ(kept_by(all, plan, KeepReason::last), (Places{0, 1}));
}

TEST(Retention, ABackdatedOneTakesNobodysPlace) {
  Snapshots all;
  all.add("2026-11-01T03:00");
  all.add("2026-11-05T03:00");
  all.add("2026-11-01T00:00");  // claims to be the oldest of that day
  all.add("2026-11-06T03:00");
  const ForgetPlan plan = plan_forget(all.all(), {.daily = 3}, kNoFloor, at("2026-11-22"));
  EXPECT_EQ(kept_by(all, plan, KeepReason::daily), (Places{0, 1, 3}));
  EXPECT_EQ(kept_by(all, plan, KeepReason::out_of_order), Places{2});
}

TEST(Retention, TwoRunsAtOnceAreInOrder) {
  Snapshots all;
  all.add("2026-11-01T03:30");
  all.add("2026-11-01T03:00");  // began first, committed second
  const ForgetPlan plan = plan_forget(all.all(), {.daily = 1}, kNoFloor, at("2026-11-22"));
  EXPECT_EQ(kept_by(all, plan, KeepReason::daily), Places{1});
  EXPECT_TRUE(kept_by(all, plan, KeepReason::out_of_order).empty());
}

TEST(Retention, NoSourceIsLeftWithoutASnapshot) {
  Snapshots all;
  all.add("2026-11-01", 1, {"sessions"}).complete = false;
  all.add("2026-11-02", 1, {"sessions"}).complete = false;
  all.add("2026-11-03", 1, {"shop-db"});
  const ForgetPlan plan = plan_forget(all.all(), {.daily = 9}, kNoFloor, at("2026-11-22"));
  EXPECT_EQ(kept_by(all, plan, KeepReason::only_one), Places{1});
  EXPECT_EQ(kept(all, plan), (Places{1, 2}));
}

TEST(Retention, WhatCannotBeReadIsKept) {
  Snapshots all;
  all.add("2026-11-01", 1, {});
  all.add("2026-11-02");
  EXPECT_EQ(kept(all, plan_forget(all.all(), {.last = 1}, kNoFloor, at("2026-11-22"))),
            (Places{0, 1}));
}

TEST(Retention, AnEmptyPolicyIsRefused) {
  EXPECT_EQ(kind_of([] { static_cast<void>(plan_forget({}, {}, kNoFloor, at("2026-11-22"))); }),
            ErrorKind::usage);
}

TEST(Retention, AnEmptyVaultHasAnEmptyPlan) {
  EXPECT_TRUE(plan_forget({}, {.last = 1}, kNoFloor, at("2026-11-22")).snapshots.empty());
}

class ByHand : public testing::Test {
 protected:
  ByHand() {
    for (int i = 0; i < 6; ++i) all_.add(at("2026-11-01") + days(i));
  }
  [[nodiscard]] std::string refusal(std::vector<std::size_t> places,
                                    const RetentionFloor& floor = kNoFloor) const {
    try {
      static_cast<void>(plan(std::move(places), floor));
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::refused);
      EXPECT_FALSE(error.hint().empty());
      return error.message();
    }
    return "";
  }
  [[nodiscard]] ForgetPlan plan(const std::vector<std::size_t>& places,
                                const RetentionFloor& floor = kNoFloor) const {
    std::vector<SnapshotId> ids;
    for (const std::size_t place : places) ids.push_back(all_.id(place));
    return plan_forget_by_hand(all_.all(), ids, floor, at("2026-11-22"));
  }
  Snapshots all_;
};

TEST_F(ByHand, WhatIsNamedIsForgottenAndNothingElse) {
  const ForgetPlan made = plan({1, 3, 3});
  EXPECT_EQ(kept(all_, made), (Places{0, 2, 4, 5}));
  EXPECT_EQ(made.body().snapshots.size(), 2U);
  EXPECT_EQ(made.body().snapshots[0].rule, ForgetRule::hand);
  EXPECT_TRUE(made.policy.empty());
}

TEST_F(ByHand, TheHeadIsRefused) {
  EXPECT_NE(refusal({5}).find("newest of its writer's chain"), std::string::npos);
}

TEST_F(ByHand, EverythingIsRefused) { EXPECT_NE(refusal({0, 1, 2, 3, 4, 5}), ""); }

TEST_F(ByHand, TheLastProvenOneIsRefused) {
  all_ = {};
  for (int i = 0; i < 4; ++i) all_.add(at("2026-11-01") + days(i));
  auto snapshots = all_.all();
  snapshots[1].proven = {"shop-db"};
  snapshots[2].proven = {"shop-db"};
  const auto plan_of = [&](std::size_t place) {
    return plan_forget_by_hand(snapshots, {all_.id(place)}, kNoFloor, at("2026-11-22"));
  };
  EXPECT_EQ(kind_of([&] { static_cast<void>(plan_of(2)); }), ErrorKind::refused);
  EXPECT_EQ(plan_of(1).count_forgotten(), 1U);
}

TEST_F(ByHand, ThePinnedOneIsRefusedWithItsReason) {
  all_ = {};
  all_.add("2026-11-01").pinned = "before the migration";
  all_.add("2026-11-02");
  EXPECT_NE(refusal({0}).find("before the migration"), std::string::npos);
}

TEST_F(ByHand, TheFloorIsRefused) {
  EXPECT_NE(refusal({3}, {.count = 3, .age = {}, .max_run = hours(24)}).find("floor"),
            std::string::npos);
  EXPECT_EQ(refusal({2}, {.count = 3, .age = {}, .max_run = hours(24)}), "");
  EXPECT_NE(refusal({3}, {.count = 0, .age = days(19), .max_run = hours(24)}).find("floor"),
            std::string::npos);
  EXPECT_EQ(refusal({2}, {.count = 0, .age = days(19), .max_run = hours(24)}), "");
}

TEST_F(ByHand, TheOnlyOneOfASourceIsRefused) {
  all_ = {};
  all_.add("2026-11-01", 1, {"sessions"});
  all_.add("2026-11-02", 1, {"shop-db"});
  EXPECT_NE(refusal({0}).find("only one"), std::string::npos);
}

TEST_F(ByHand, AFutureDatedOneCanBeGivenUp) {
  all_.add("2031-01-01");
  all_.add("2026-11-20");
  EXPECT_EQ(refusal({6}, {.count = 2, .age = days(7), .max_run = hours(24)}), "");
}

TEST_F(ByHand, AnUnknownOneIsNotFound) {
  EXPECT_EQ(kind_of([&] {
              static_cast<void>(
                  plan_forget_by_hand(all_.all(), {SnapshotId{}}, kNoFloor, at("2026-11-22")));
            }),
            ErrorKind::not_found);
}

}  // namespace
}  // namespace lifeboat::vault
