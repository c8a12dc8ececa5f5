#include "vault/retention.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "base/error.h"
#include "base/units.h"

namespace lifeboat::vault {
namespace {

using std::chrono::days;

constexpr std::array<std::string_view, 16> kReasons = {
    "within",   "last",         "hourly",       "daily",       "weekly",      "monthly",
    "yearly",   "pinned",       "head",         "last_proven", "floor_count", "floor_age",
    "only_one", "future_dated", "out_of_order", "sealed"};

/// The number of the period that an instant lies in, UTC; consecutive periods differ.
using PeriodOf = std::int64_t (*)(Instant);

std::int64_t hour_of(Instant at) {
  return std::chrono::floor<std::chrono::hours>(at).time_since_epoch().count();
}
std::int64_t day_of(Instant at) { return std::chrono::floor<days>(at).time_since_epoch().count(); }
/// The epoch was a Thursday; ISO weeks begin on Mondays.
std::int64_t week_of(Instant at) {
  return std::chrono::floor<std::chrono::weeks>(at + days(3)).time_since_epoch().count();
}
std::int64_t year_of(Instant at) {
  return int{std::chrono::year_month_day(std::chrono::floor<days>(at)).year()};
}
std::int64_t month_of(Instant at) {
  const std::chrono::year_month_day date(std::chrono::floor<days>(at));
  return year_of(at) * 12 + unsigned{date.month()};
}

struct PeriodRule {
  KeepReason reason;
  std::uint32_t KeepPolicy::*count;
  PeriodOf period;
};

constexpr std::array<PeriodRule, 5> kPeriodRules = {
    {{KeepReason::hourly, &KeepPolicy::hourly, hour_of},
     {KeepReason::daily, &KeepPolicy::daily, day_of},
     {KeepReason::weekly, &KeepPolicy::weekly, week_of},
     {KeepReason::monthly, &KeepPolicy::monthly, month_of},
     {KeepReason::yearly, &KeepPolicy::yearly, year_of}}};

/// A snapshot while it is judged.
struct Judged {
  Candidate snapshot;
  std::set<KeepReason> reasons;
  bool future = false;
  bool out_of_order = false;

  /// Whether it may stand for a period, or be one of a number to keep.
  [[nodiscard]] bool counts() const { return snapshot.complete && is_plausible(); }
  [[nodiscard]] bool is_plausible() const { return !future && !out_of_order; }
};

/// The snapshots of one source of one writer, oldest first.
using Group = std::vector<Judged*>;

class Judgement {
 public:
  Judgement(std::vector<Candidate> snapshots, const RetentionFloor& floor, Instant store_time)
      : floor_(floor), now_(store_time) {
    judged_.reserve(snapshots.size());
    for (Candidate& snapshot : snapshots) judged_.push_back({std::move(snapshot), {}});
    std::ranges::stable_sort(judged_, older, &Judged::snapshot);
    look_at_chains();
    for (Judged& one : judged_) {
      for (const std::string& source : one.snapshot.sources) {
        groups_[{one.snapshot.writer, source}].push_back(&one);
      }
    }
  }

  /// What binds persons and policies.
  void guard() {
    for (Judged& one : judged_) {
      if (one.snapshot.pinned) one.reasons.insert(KeepReason::pinned);
      if (!one.future && now_ - one.snapshot.time < floor_.age) {
        one.reasons.insert(KeepReason::floor_age);
      }
    }
    for (Judged* head : heads_) head->reasons.insert(KeepReason::head);
    for (auto& [key, group] : groups_) {
      keep_newest_counting(group, floor_.count, KeepReason::floor_count);
      const auto proven = std::ranges::find_if(group.rbegin(), group.rend(), [&](Judged* one) {
        return std::ranges::count(one->snapshot.proven, key.second) > 0;
      });
      if (proven != group.rend()) (*proven)->reasons.insert(KeepReason::last_proven);
    }
  }

  void apply(const KeepPolicy& policy) {
    for (Judged& one : judged_) {
      if (policy.within && now_ - one.snapshot.time < *policy.within) {
        one.reasons.insert(KeepReason::within);
      }
      if (one.future) one.reasons.insert(KeepReason::future_dated);
      if (one.out_of_order) one.reasons.insert(KeepReason::out_of_order);
      if (one.snapshot.sources.empty()) one.reasons.insert(KeepReason::sealed);
    }
    for (auto& [key, group] : groups_) {
      keep_newest_counting(group, policy.last, KeepReason::last);
      for (const PeriodRule& rule : kPeriodRules) {
        keep_oldest_of_periods(group, policy.*rule.count, rule);
      }
    }
  }

  /// Of a source that would be left without any snapshot, `goes` says which go, one is kept. Those
  /// whose time cannot be right are no comfort.
  template <typename Goes>
  void keep_one_of_each(Goes&& goes) {
    for (auto& [key, whole] : groups_) {
      Group group;
      std::ranges::copy_if(whole, std::back_inserter(group), &Judged::is_plausible);
      if (group.empty()) group = whole;
      if (!std::ranges::all_of(group, [&](const Judged* one) { return goes(*one); })) continue;
      const auto complete = std::ranges::find_if(
          group.rbegin(), group.rend(), [](Judged* one) { return one->snapshot.complete; });
      (complete == group.rend() ? group.back() : *complete)->reasons.insert(KeepReason::only_one);
    }
  }

  /// Newest first.
  template <typename Goes>
  [[nodiscard]] std::vector<SnapshotFate> fates(Goes&& rule_of) {
    std::vector<SnapshotFate> fates;
    for (auto one = judged_.rbegin(); one != judged_.rend(); ++one) {
      const std::optional<ForgetRule> rule = rule_of(*one);
      fates.push_back({std::move(one->snapshot), {one->reasons.begin(), one->reasons.end()}, rule});
    }
    return fates;
  }

  [[nodiscard]] const std::vector<Judged>& judged() const { return judged_; }

 private:
  static bool older(const Candidate& a, const Candidate& b) {
    return std::tie(a.time, a.writer, a.seq) < std::tie(b.time, b.writer, b.seq);
  }

  void look_at_chains() {
    std::map<KeyId, std::map<std::uint64_t, Judged*>> chains;
    for (Judged& one : judged_) {
      one.future = one.snapshot.time > now_;
      chains[one.snapshot.writer].insert_or_assign(one.snapshot.seq, &one);
    }
    for (auto& [writer, chain] : chains) {
      Instant newest = chain.begin()->second->snapshot.time;
      for (auto& [seq, one] : chain) {
        newest = std::max(newest, one->snapshot.time);
        one->out_of_order = newest - one->snapshot.time > floor_.max_run;
      }
      heads_.push_back(chain.rbegin()->second);
    }
  }

  static void keep_newest_counting(const Group& group, std::uint32_t count, KeepReason reason) {
    for (auto one = group.rbegin(); one != group.rend() && count > 0; ++one) {
      if (!(*one)->counts()) continue;
      (*one)->reasons.insert(reason);
      --count;
    }
  }

  static void keep_oldest_of_periods(const Group& group, std::uint32_t count,
                                     const PeriodRule& rule) {
    if (count == 0) return;
    std::vector<std::pair<std::int64_t, Judged*>> oldest;
    for (Judged* one : group) {
      if (!one->counts()) continue;
      const std::int64_t period = rule.period(one->snapshot.time);
      if (oldest.empty() || oldest.back().first != period) oldest.emplace_back(period, one);
    }
    const std::size_t first = oldest.size() - std::min<std::size_t>(count, oldest.size());
    for (std::size_t i = first; i < oldest.size(); ++i) {
      oldest[i].second->reasons.insert(rule.reason);
    }
  }

  RetentionFloor floor_;
  Instant now_;
  std::vector<Judged> judged_;  // oldest first; what points into it stays valid
  std::vector<Judged*> heads_;
  std::map<std::pair<KeyId, std::string>, Group> groups_;
};

/// What a person is told whom a guard stops.
struct GuardText {
  KeepReason guard;
  std::string_view protects;
  std::string_view way_out;
};

constexpr std::string_view kFloorLifts =
    "the floor stands in the vault's trust; time and newer snapshots lift it";

constexpr std::array<GuardText, 6> kGuards = {
    {{KeepReason::pinned, "is pinned", "`lifeboat vault keep SNAPSHOT --release` ends that"},
     {KeepReason::head, "is the newest of its writer's chain", "take a newer snapshot first"},
     {KeepReason::last_proven, "is the last proven one of a source",
      "prove a newer one first: lifeboat verify latest --scratch local"},
     {KeepReason::floor_count, "is one of the newest that the vault's floor keeps", kFloorLifts},
     {KeepReason::floor_age, "is younger than the vault's floor allows", kFloorLifts},
     {KeepReason::only_one, "is the only one that would be left of a source",
      "take a newer snapshot of that source first"}}};

[[noreturn]] void refuse(const Judged& one, const RetentionFloor& floor) {
  const GuardText& text = *std::ranges::find(kGuards, *one.reasons.begin(), &GuardText::guard);
  std::string what = "snapshot " + short_id(one.snapshot.id) + " " + std::string(text.protects);
  if (text.guard == KeepReason::pinned) what += ": " + *one.snapshot.pinned;
  if (text.guard == KeepReason::floor_count) what += ": " + std::to_string(floor.count);
  if (text.guard == KeepReason::floor_age) {
    what += ": " + human_duration(floor.age);
  }
  throw Error(ErrorKind::refused, what, std::string(text.way_out));
}

std::map<SnapshotId, std::vector<const Attestation*>> by_snapshot(const History& history) {
  std::map<SnapshotId, std::vector<const Attestation*>> all;
  for (const Attestation& one : history.attestations) all[one.snapshot].push_back(&one);
  return all;
}

}  // namespace

std::string_view name_of(KeepReason reason) noexcept {
  return kReasons[static_cast<std::size_t>(reason)];
}

Instant time_of(const SnapshotRecord& snapshot) {
  return snapshot.store_time == Instant{} ? snapshot.link.finished : snapshot.store_time;
}

std::vector<Candidate> candidates(const History& history, const PinsAndForgets& pins) {
  const auto attestations = by_snapshot(history);
  std::vector<Candidate> all;
  for (const SnapshotRecord& record : history.snapshots) {
    if (pins.is_forgotten(record.id())) continue;
    Candidate one{.id = record.id(),
                  .writer = record.link.author,
                  .seq = record.link.seq,
                  .time = time_of(record),
                  .complete = record.complete};
    if (const auto pin = pins.pinned.find(one.id); pin != pins.pinned.end()) {
      one.pinned = pin->second.reason;
    }
    if (record.body) {
      one.stored_bytes = record.body->stored_bytes;
      const auto its = attestations.find(one.id);
      for (const SourceSummary& source : record.body->sources) {
        one.sources.push_back(source.name);
        if (its == attestations.end()) continue;
        const auto newest = std::ranges::find_if(its->second, [&](const Attestation* each) {
          return each->verdict_on(source.name).has_value();
        });
        if (newest == its->second.end()) continue;
        if ((*newest)->verdict_on(source.name) == Verdict::proven)
          one.proven.push_back(source.name);
      }
    }
    all.push_back(std::move(one));
  }
  return all;
}

std::size_t ForgetPlan::count_forgotten() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      snapshots, [](const SnapshotFate& fate) { return fate.forgotten.has_value(); }));
}

ForgetBody ForgetPlan::body() const {
  ForgetBody body{store_time, policy, {}};
  for (const SnapshotFate& fate : snapshots) {
    if (fate.forgotten) body.snapshots.push_back({fate.snapshot.id, *fate.forgotten});
  }
  return body;
}

ForgetPlan plan_forget(std::vector<Candidate> snapshots, const KeepPolicy& policy,
                       const RetentionFloor& floor, Instant store_time) {
  if (policy.empty()) {
    throw Error(
        ErrorKind::usage, "the policy has no rule, so it would keep nothing",
        "write a [keep] section into lifeboat.toml: within, last, daily, weekly, monthly …");
  }
  Judgement judgement(std::move(snapshots), floor, store_time);
  judgement.guard();
  judgement.apply(policy);
  judgement.keep_one_of_each([](const Judged& one) { return one.reasons.empty(); });
  return {store_time, policy, judgement.fates([](const Judged& one) -> std::optional<ForgetRule> {
            if (!one.reasons.empty()) return std::nullopt;
            return one.snapshot.complete ? ForgetRule::unkept : ForgetRule::partial;
          })};
}

ForgetPlan plan_forget_by_hand(std::vector<Candidate> snapshots,
                               const std::vector<SnapshotId>& named, const RetentionFloor& floor,
                               Instant store_time) {
  const std::set<SnapshotId> ids(named.begin(), named.end());
  for (const SnapshotId& id : ids) {
    if (std::ranges::count(snapshots, id, &Candidate::id) > 0) continue;
    throw Error(ErrorKind::not_found, "no snapshot " + id.hex() + " that could be forgotten",
                "`lifeboat vault ls` shows what there is");
  }
  Judgement judgement(std::move(snapshots), floor, store_time);
  judgement.guard();
  const auto goes = [&](const Judged& one) { return ids.contains(one.snapshot.id); };
  judgement.keep_one_of_each(goes);
  for (const Judged& one : judgement.judged()) {
    if (goes(one) && !one.reasons.empty()) refuse(one, floor);
  }
  return {store_time, {}, judgement.fates([&](const Judged& one) -> std::optional<ForgetRule> {
            return goes(one) ? std::optional(ForgetRule::hand) : std::nullopt;
          })};
}

}  // namespace lifeboat::vault
