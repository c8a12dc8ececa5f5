#include "vault/sweep_follow.h"

#include <algorithm>

#include "base/error.h"
#include "vault/fence.h"
#include "vault/forget.h"

namespace lifeboat::vault {
namespace {

std::set<ObjectHash> ids_of(const Swept& swept) {
  std::set<ObjectHash> ids;
  for (const Sweep& sweep : swept.sweeps()) ids.insert(sweep.link.id);
  return ids;
}

/// The sweeps that both know and that have stood in the copy for long enough.
std::vector<Sweep> ripe(const Vault& copy, const Swept& in_copy, const Swept& in_original,
                        Instant store_time, FollowPlan& plan) {
  std::vector<Sweep> sweeps;
  const std::set<ObjectHash> known = ids_of(in_original);
  for (const Sweep& sweep : in_copy.sweeps()) {
    if (!known.contains(sweep.link.id)) continue;
    const auto info = copy.store().find(copy.key_of(ObjectType::record, sweep.link));
    if (!info) continue;
    const Instant from = info->stored_at + sweep_grace(copy.trust());
    if (from > store_time) {
      plan.next = std::min(plan.next.value_or(from), from);
    } else {
      sweeps.push_back(sweep);
    }
  }
  return sweeps;
}

/// A guard that costs little: what a standing record names is not deleted, whoever signed that.
bool is_named(const History& history, const names::Parsed& name) {
  return std::ranges::any_of(history.snapshots, [&](const SnapshotRecord& snapshot) {
    if (name.type == ObjectType::session) {
      return std::ranges::find(snapshot.sessions, name.session, &SessionRef::id) !=
             snapshot.sessions.end();
    }
    return name.type == ObjectType::index_segment &&
           std::ranges::find(snapshot.segments, name.hash, &SegmentRef::hash) !=
               snapshot.segments.end();
  });
}

}  // namespace

FollowPlan plan_follow(const Vault& copy, const Vault& original, Instant store_time) {
  copy.require_role(Role::pruner, "sweeping a copy");
  if (copy.id() != original.id()) {
    throw Error(ErrorKind::refused, copy.store().describe() + " is no copy of that vault");
  }
  FollowPlan plan;
  SweepSurvey survey;
  survey.objects = list_sweepable(copy);
  survey.history = read_history(copy);
  require_whole(survey.history, pins_and_forgets(survey.history));
  std::vector<Sweep> sweeps =
      ripe(copy, survey.history.swept, read_sweeps(original), store_time, plan);
  plan.sweeps = sweeps.size();
  survey.history.swept = Swept(std::move(sweeps));
  plan.going = plan_finish(survey);
  plan.spared = std::erase_if(plan.going.objects, [&](const StoredObject& object) {
    return is_named(survey.history, object.parsed);
  });
  plan.going.bytes = 0;
  for (const StoredObject& object : plan.going.objects) plan.going.bytes += object.size_bytes;
  return plan;
}

}  // namespace lifeboat::vault
