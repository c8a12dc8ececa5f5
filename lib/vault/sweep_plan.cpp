#include "vault/sweep_plan.h"

#include <algorithm>

#include "vault/roll.h"

namespace lifeboat::vault {
namespace {

/// A sweep record holds 88 bytes for each and has to stay below 16 MiB.
constexpr std::size_t kMostLeaving = 10'000;

ObjectRef ref_of(const names::Parsed& name) { return {name.generation, name.type, name.hash}; }
SessionName session_of(const names::Parsed& name) { return {name.generation, name.session}; }

bool is_data(ObjectType type) {
  return type == ObjectType::data_pack || type == ObjectType::meta_pack ||
         type == ObjectType::index_segment;
}

bool contains(const Needed& needed, const names::Parsed& name) {
  return name.type == ObjectType::session ? needed.sessions.contains(session_of(name))
                                          : needed.objects.contains(ref_of(name));
}

/// Nothing may refer to what is gone already: records go first, headers last.
int place_in_order(ObjectType type) {
  if (type == ObjectType::snapshot) return 0;
  if (type == ObjectType::roll) return 1;
  if (type == ObjectType::index_segment) return 2;
  return type == ObjectType::session ? 4 : 3;
}

std::uint64_t put_in_order(std::vector<StoredObject>& objects) {
  std::ranges::stable_sort(
      objects, {}, [](const StoredObject& object) { return place_in_order(object.parsed.type); });
  std::uint64_t bytes = 0;
  for (const StoredObject& object : objects) bytes += object.size_bytes;
  return bytes;
}

LeavingSnapshot leaving_of(const SnapshotRecord& snapshot) {
  LeavingSnapshot leaving{.id = snapshot.id(),
                          .author = snapshot.link.author,
                          .seq = snapshot.link.seq,
                          .previous = snapshot.link.previous,
                          .generation = snapshot.link.generation,
                          .taken = snapshot.link.finished,
                          .sources = {}};
  if (snapshot.body) {
    for (const SourceSummary& source : snapshot.body->sources) {
      leaving.sources.push_back(source.name);
    }
  }
  return leaving;
}

std::vector<LeavingSnapshot> leaving_in(const SweepSurvey& survey) {
  std::vector<LeavingSnapshot> snapshots;
  for (const SnapshotRecord& snapshot : survey.history.snapshots) {
    if (survey.leaving.contains(snapshot.id())) snapshots.push_back(leaving_of(snapshot));
  }
  return snapshots;
}

using Place = std::pair<KeyId, std::uint64_t>;

bool is_empty_roll(const names::Parsed& roll, const SweepSurvey& survey,
                   const std::set<Place>& going) {
  if (roll.type != ObjectType::roll) return false;
  const std::uint64_t last = roll.number * kRollRecords;
  for (std::uint64_t seq = last - kRollRecords + 1; seq <= last; ++seq) {
    const bool gone = survey.history.swept.tombstone(roll.author, seq) != nullptr;
    if (!gone && !going.contains({roll.author, seq})) return false;
  }
  return true;
}

std::map<KeyId, std::uint64_t> heads_of(const SweepSurvey& survey, ObjectType type) {
  std::map<KeyId, std::uint64_t> heads;
  for (const SeenHead& head : survey.history.heads) {
    if (head.type == type) heads[head.author] = head.seq;
  }
  return heads;
}

}  // namespace

std::chrono::seconds sweep_grace(const Trust& trust) {
  return 2 * trust.max_run + std::chrono::hours(24);
}

std::chrono::seconds leftover_age(const Trust& trust) {
  return trust.max_run + std::chrono::hours(25);
}

FinishPlan plan_finish(const SweepSurvey& survey) {
  FinishPlan plan;
  const Swept& swept = survey.history.swept;
  for (const StoredObject& object : survey.objects) {
    const names::Parsed& name = object.parsed;
    const bool removed = name.type == ObjectType::snapshot
                             ? swept.tombstone(name.author, name.number) != nullptr
                         : name.type == ObjectType::roll    ? is_empty_roll(name, survey, {})
                         : name.type == ObjectType::session ? swept.removed(session_of(name))
                                                            : swept.removed(ref_of(name));
    if (removed) plan.objects.push_back(object);
  }
  plan.bytes = put_in_order(plan.objects);
  return plan;
}

MarkPlan plan_mark(const SweepSurvey& survey, const Trust& trust) {
  MarkPlan plan{
      .store_time = survey.store_time, .objects = {}, .snapshots = leaving_in(survey), .marks = {}};
  // Those that come first are the newest; the oldest go.
  if (plan.snapshots.size() > kMostLeaving) {
    plan.snapshots.erase(plan.snapshots.begin(), plan.snapshots.end() - kMostLeaving);
  }
  const Instant young = survey.store_time - leftover_age(trust);
  for (const StoredObject& object : survey.objects) {
    const names::Parsed& name = object.parsed;
    if (!is_data(name.type) && name.type != ObjectType::session) continue;
    if (contains(survey.needed, name)) continue;
    const bool leftover = !contains(survey.named, name);
    if (leftover && object.stored_at > young) continue;
    if (plan.objects.size() == kMostCondemned) {
      ++plan.next_time;
      continue;
    }
    plan.leftovers += leftover ? 1 : 0;
    plan.objects.push_back(object);
  }
  plan.bytes = put_in_order(plan.objects);
  const auto number = [&](Generation generation) {
    const auto last = survey.numbers.find(generation);
    plan.marks[generation] = last == survey.numbers.end() ? 1 : last->second + 1;
  };
  for (const StoredObject& object : plan.objects) number(object.parsed.generation);
  for (const LeavingSnapshot& snapshot : plan.snapshots) number(snapshot.generation);
  return plan;
}

SweepPlan plan_sweep(const SweepSurvey& survey) {
  SweepPlan plan{.store_time = survey.store_time,
                 .marks = {},
                 .objects = {},
                 .snapshots = leaving_in(survey),
                 .walked = heads_of(survey, ObjectType::snapshot),
                 .records = heads_of(survey, ObjectType::record)};
  std::set<ObjectRef> condemned;
  std::set<SessionName> sessions;
  std::size_t marked_snapshots = 0;
  for (const Mark& mark : survey.outstanding) {
    plan.marks[mark.link.generation] = mark.number();
    condemned.insert(mark.condemned.objects.begin(), mark.condemned.objects.end());
    sessions.insert(mark.condemned.sessions.begin(), mark.condemned.sessions.end());
    marked_snapshots += mark.forgotten.size();
  }
  std::set<Place> going;
  for (const LeavingSnapshot& snapshot : plan.snapshots) {
    going.insert({snapshot.author, snapshot.seq});
  }
  plan.spared_snapshots = marked_snapshots - std::min(marked_snapshots, plan.snapshots.size());
  for (const StoredObject& object : survey.objects) {
    const names::Parsed& name = object.parsed;
    const bool goes = name.type == ObjectType::snapshot ? going.contains({name.author, name.number})
                      : name.type == ObjectType::roll   ? is_empty_roll(name, survey, going)
                      : name.type == ObjectType::session ? sessions.contains(session_of(name))
                                                         : condemned.contains(ref_of(name));
    if (!goes) continue;
    const bool data = is_data(name.type) || name.type == ObjectType::session;
    if (data && contains(survey.needed, name)) {
      ++plan.spared_objects;
    } else {
      plan.objects.push_back(object);
    }
  }
  plan.bytes = put_in_order(plan.objects);
  return plan;
}

NextSweepStep plan_next_step(const SweepSurvey& survey, const Trust& trust) {
  if (FinishPlan finish = plan_finish(survey); !finish.objects.empty()) return finish;
  if (survey.outstanding.empty()) {
    MarkPlan mark = plan_mark(survey, trust);
    if (mark.marks.empty()) return NothingToSweep{};
    return mark;
  }
  Waiting waiting{.marks = {}, .until = {}};
  for (const Mark& mark : survey.outstanding) {
    waiting.marks[mark.link.generation] = mark.number();
    waiting.until = std::max(waiting.until, mark.stored_at + sweep_grace(trust));
  }
  if (survey.store_time < waiting.until) return waiting;
  return plan_sweep(survey);
}

}  // namespace lifeboat::vault
