#include "drill/tick_plan.h"

#include <algorithm>

namespace lifeboat::drill {
namespace {

using vault::Claimed;
using vault::ClaimState;

/// After a long silence so many missed times are told one by one.
constexpr std::size_t kMostTold = 100;

/// What one matter's claims say.
struct Past {
  std::optional<Instant> newest;                     ///< due time that was taken up
  std::vector<std::pair<Claimed, ClaimState>> open;  ///< oldest first
};

Past past_of(const Recurring& recurring, const Claims& claims) {
  Past past;
  const std::string kind = name_of(recurring.matter);
  const std::string name = vault::claim_name_of(recurring.name);
  for (auto at = claims.lower_bound({kind, name, ""}); at != claims.end(); ++at) {
    if (at->first.kind != kind || at->first.name != name) break;
    const auto due = parse_due(at->first.due);
    if (!due) continue;
    if (!past.newest || *due > *past.newest) past.newest = due;
    if (!at->second.ended) past.open.push_back(*at);
  }
  return past;
}

/// The due times that nobody took up.
std::vector<Instant> owed(const Recurring& recurring, const Past& past, Instant now) {
  const Schedule& schedule = recurring.schedule;
  if (past.newest) return schedule.due_between(*past.newest, now, kMostTold, past.newest);
  auto due = schedule.due_between(Instant(), now, 1, std::nullopt);
  const bool late =
      schedule.start_within.count() > 0 && !due.empty() && now - due.back() > schedule.start_within;
  if (late) due.clear();
  return due;
}

class Plan {
 public:
  Plan(const std::set<Claimed>& lapsed, Instant now) : lapsed_(lapsed), now_(now) {}

  void add(std::size_t which, const Recurring& recurring, const Past& past) {
    const std::vector<Instant> due = owed(recurring, past, now_);
    bool busy = false;
    for (const auto& [claimed, state] : past.open) {
      if (!lapsed_.contains(claimed)) {
        busy = true;
        continue;
      }
      const Instant its = *parse_due(claimed.due);
      const bool again = recurring.matter == Matter::snapshot && its == past.newest &&
                         due.empty() && state.attempts < kMostAttempts;
      const Act given_up = recurring.matter == Matter::drill ? Act::tell_aborted : Act::tell_missed;
      steps.push_back({which, its, state.attempts + 1, again ? Act::start : given_up});
    }
    for (const Instant time : due) {
      const auto& within = recurring.schedule.start_within;
      const bool late = within.count() > 0 && now_ - time > within;
      const bool newest = time == due.back();
      if (newest && !late && busy) continue;  // the next tick sees whether that has ended
      steps.push_back({which, time, 1, newest && !late ? Act::start : Act::tell_missed});
    }
  }

  std::vector<TickStep> steps;

 private:
  const std::set<Claimed>& lapsed_;
  Instant now_;
};

}  // namespace

std::string name_of(Matter matter) { return matter == Matter::drill ? "drill" : "snapshot"; }

std::vector<Claimed> open_claims(const std::vector<Recurring>& recurring, const Claims& claims) {
  std::vector<Claimed> open;
  for (const Recurring& each : recurring) {
    for (const auto& [claimed, state] : past_of(each, claims).open) open.push_back(claimed);
  }
  return open;
}

std::vector<TickStep> plan_tick(const std::vector<Recurring>& recurring, const Claims& claims,
                                const std::set<Claimed>& lapsed, Instant now) {
  Plan plan(lapsed, now);
  for (std::size_t i = 0; i < recurring.size(); ++i) {
    plan.add(i, recurring[i], past_of(recurring[i], claims));
  }
  return std::move(plan.steps);
}

}  // namespace lifeboat::drill
