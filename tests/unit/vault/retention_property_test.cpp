// What holds of every policy and every vault: properties over random ones. A seed that fails is in
// the message.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <random>
#include <set>

#include "snapshots_by_hand.h"

namespace lifeboat::vault {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

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
