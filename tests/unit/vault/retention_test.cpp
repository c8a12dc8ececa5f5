// What a policy forgets, rule by rule, and what nothing forgets: docs/format/vault.md §17.3.
#include "vault/retention.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "base/error.h"

namespace lifeboat::vault {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr RetentionFloor kNoFloor{.count = 0, .age = {}, .max_run = hours(24)};

Instant at(const char* text) { return *parse_instant(text); }

/// A vault's snapshots, put together by hand.
class Snapshots {
 public:
  Candidate& add(const std::string& time, std::uint8_t writer = 1,
                 std::vector<std::string> sources = {"shop-db"}) {
    return add(*parse_instant(time), writer, std::move(sources));
  }
  Candidate& add(Instant time, std::uint8_t writer = 1,
                 std::vector<std::string> sources = {"shop-db"}) {
    Candidate one;
    const std::size_t number = all_.size() + 1;
    one.id.bytes[0] = static_cast<std::uint8_t>(number >> 8U);
    one.id.bytes[1] = static_cast<std::uint8_t>(number);
    one.writer.bytes[0] = writer;
    one.seq = ++seqs_[writer];
    one.time = time;
    one.sources = std::move(sources);
    return all_.emplace_back(std::move(one));
  }
  [[nodiscard]] const std::vector<Candidate>& all() const { return all_; }
  [[nodiscard]] SnapshotId id(std::size_t place) const { return all_.at(place).id; }

 private:
  std::vector<Candidate> all_;
  std::map<std::uint8_t, std::uint64_t> seqs_;
};

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

// Properties, over random vaults. A seed that fails is in the message.

struct Random {
  explicit Random(unsigned seed) : engine(seed) {}
  int below(int end) { return std::uniform_int_distribution<int>(0, end - 1)(engine); }
  bool one_in(int n) { return below(n) == 0; }
  std::mt19937 engine;
};

const Instant kNow = at("2026-11-22T12:00:00");

Snapshots honest_vault(Random& random) {
  Snapshots all;
  Instant time = kNow - days(random.below(500) + 1);
  while (time <= kNow) {
    std::vector<std::string> sources = {"shop-db"};
    if (random.one_in(3)) sources = {"sessions"};
    if (random.one_in(3)) sources = {"shop-db", "sessions"};
    Candidate& one = all.add(time, static_cast<std::uint8_t>(1 + random.below(2)), sources);
    one.complete = !random.one_in(6);
    if (one.complete && random.one_in(10)) one.proven = sources;
    if (random.one_in(20)) one.pinned = "a reason";
    time += minutes(1 + random.below(60 * (random.one_in(10) ? 400 : 20)));
  }
  return all;
}

KeepPolicy any_policy(Random& random) {
  KeepPolicy policy;
  if (random.one_in(2)) policy.within = hours(random.below(400) + 1);
  if (random.one_in(3)) policy.last = static_cast<std::uint32_t>(random.below(9));
  if (random.one_in(3)) policy.hourly = static_cast<std::uint32_t>(random.below(30));
  if (random.one_in(2)) policy.daily = static_cast<std::uint32_t>(random.below(30));
  if (random.one_in(2)) policy.weekly = static_cast<std::uint32_t>(random.below(12));
  if (random.one_in(2)) policy.monthly = static_cast<std::uint32_t>(random.below(12));
  if (random.one_in(3)) policy.yearly = static_cast<std::uint32_t>(random.below(3));
  if (policy.empty()) policy.last = 1;
  return policy;
}

RetentionFloor any_floor(Random& random) {
  return {.count = static_cast<std::uint32_t>(random.below(6)),
          .age = days(random.below(14)),
          .max_run = hours(24)};
}

std::set<SnapshotId> kept_ids(const ForgetPlan& plan) {
  std::set<SnapshotId> ids;
  for (const SnapshotFate& fate : plan.snapshots) {
    if (!fate.forgotten) ids.insert(fate.snapshot.id);
  }
  return ids;
}

std::vector<Candidate> remaining(const ForgetPlan& plan) {
  std::vector<Candidate> left;
  for (const SnapshotFate& fate : plan.snapshots) {
    if (!fate.forgotten) left.push_back(fate.snapshot);
  }
  return left;
}

constexpr unsigned kSeeds = 300;

TEST(RetentionProperty, NeverBelowTheFloor) {
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const Snapshots all = honest_vault(random);
    const RetentionFloor floor = any_floor(random);
    const auto ids = kept_ids(plan_forget(all.all(), any_policy(random), floor, kNow));
    std::map<std::pair<KeyId, std::string>, std::uint32_t> there;
    std::map<std::pair<KeyId, std::string>, std::uint32_t> left;
    for (const Candidate& one : all.all()) {
      const bool must_stay = kNow - one.time < floor.age || one.pinned;
      EXPECT_TRUE(!must_stay || ids.contains(one.id));
      for (const std::string& source : one.sources) {
        there[{one.writer, source}] += one.complete ? 1 : 0;
        left[{one.writer, source}] += one.complete && ids.contains(one.id) ? 1 : 0;
      }
    }
    for (const auto& [key, count] : there) EXPECT_GE(left[key], std::min(count, floor.count));
  }
}

TEST(RetentionProperty, ASecondPlanForgetsNothingMore) {
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const Snapshots all = honest_vault(random);
    const KeepPolicy policy = any_policy(random);
    const RetentionFloor floor = any_floor(random);
    const ForgetPlan first = plan_forget(all.all(), policy, floor, kNow);
    EXPECT_EQ(plan_forget(remaining(first), policy, floor, kNow).count_forgotten(), 0U);
  }
}

TEST(RetentionProperty, APolicyThatAsksForMoreKeepsNoSnapshotLess) {
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const Snapshots all = honest_vault(random);
    const KeepPolicy less = any_policy(random);
    KeepPolicy more = less;
    const KeepPolicy extra = any_policy(random);
    if (extra.within) more.within = more.within.value_or(std::chrono::seconds(0)) + *extra.within;
    more.last += extra.last;
    more.hourly += extra.hourly;
    more.daily += extra.daily;
    more.weekly += extra.weekly;
    more.monthly += extra.monthly;
    more.yearly += extra.yearly;
    const RetentionFloor floor = any_floor(random);
    const auto few = kept_ids(plan_forget(all.all(), less, floor, kNow));
    const auto many = kept_ids(plan_forget(all.all(), more, floor, kNow));
    // What the greater policy keeps by a rule may spare the one that was kept as the only one.
    std::set<SnapshotId> lost;
    std::ranges::set_difference(few, many, std::inserter(lost, lost.end()));
    for (const SnapshotId& id : lost) {
      for (const SnapshotFate& fate : plan_forget(all.all(), less, floor, kNow).snapshots) {
        if (fate.snapshot.id != id) continue;
        EXPECT_EQ(fate.kept_by, std::vector{KeepReason::only_one});
      }
    }
  }
}

TEST(RetentionProperty, TheOrderInWhichSnapshotsAreReadDoesNotMatter) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::vector<Candidate> all = honest_vault(random).all();
    const KeepPolicy policy = any_policy(random);
    const auto before = kept_ids(plan_forget(all, policy, kNoFloor, kNow));
    std::ranges::shuffle(all, random.engine);
    EXPECT_EQ(kept_ids(plan_forget(all, policy, kNoFloor, kNow)), before);
  }
}

// Who stole a writer's credential adds snapshots with any times that he likes, and any number. What
// he adds may stay, but no honest snapshot that was kept is lost by it, as long as no rule counts
// the newest.
TEST(RetentionProperty, BogusSnapshotsPushNoHonestOneOut) {
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    Snapshots all = honest_vault(random);
    const std::size_t honest = all.all().size();
    KeepPolicy policy = any_policy(random);
    policy.last = 0;
    if (policy.empty()) policy.daily = 7;
    RetentionFloor floor = any_floor(random);
    std::set<SnapshotId> before;
    for (const SnapshotFate& fate : plan_forget(all.all(), policy, floor, kNow).snapshots) {
      // Only what is kept for no better reason than that nothing came behind it may go.
      if (!fate.forgotten && fate.kept_by != std::vector{KeepReason::head}) {
        before.insert(fate.snapshot.id);
      }
    }
    std::map<std::uint8_t, Instant> newest;
    for (const Candidate& one : all.all()) {
      Instant& time = newest[one.writer.bytes[0]];
      time = std::max(time, one.time);
    }
    // Before what stands there, or not before tomorrow: today he can do what an honest run can.
    for (int i = 1 + random.below(200); i > 0; --i) {
      const auto& [writer, time] =
          *std::next(newest.begin(), random.below(static_cast<int>(newest.size())));
      all.add(random.one_in(2) ? kNow + days(1) + minutes(random.below(900'000))
                               : time - floor.max_run - minutes(1 + random.below(900'000)),
              writer, {random.one_in(2) ? "shop-db" : "sessions"});
    }
    const ForgetPlan plan = plan_forget(all.all(), policy, floor, kNow);
    const auto after = kept_ids(plan);
    for (std::size_t i = 0; i < honest; ++i) {
      const Candidate& one = all.all()[i];
      if (!before.contains(one.id) || after.contains(one.id)) continue;
      ADD_FAILURE() << "honest snapshot " << i << " of " << to_rfc3339(one.time) << " is lost";
    }
  }
}

TEST(RetentionProperty, FutureDatesThatCameTrueLoseNothingOfTheTimeBetween) {
  Snapshots all;
  for (int day = 0; day < 30; ++day) all.add(at("2026-10-01T03:00") + days(day));
  for (int day = 30; day < 60; ++day) all.add(at("2026-10-01T00:00") + days(day));  // all at once
  for (int day = 30; day < 60; ++day) all.add(at("2026-10-01T03:00") + days(day));
  const auto now = at("2026-10-01T12:00") + days(60);
  const auto ids = kept_ids(plan_forget(all.all(), {.daily = 60}, kNoFloor, now));
  for (std::size_t i = 0; i < 88; ++i) EXPECT_TRUE(ids.contains(all.id(i))) << i;
}

}  // namespace
}  // namespace lifeboat::vault
