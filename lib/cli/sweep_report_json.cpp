#include <algorithm>
#include <initializer_list>

#include "cli/sweep_report.h"

namespace lifeboat::cli {
namespace {

Json marks_json(const vault::KnownMarks& marks) {
  Json list = Json::array();
  for (const auto& [generation, number] : marks) {
    list.push_back({{"generation", generation}, {"number", number}});
  }
  return list;
}

Json snapshots_json(const std::vector<vault::LeavingSnapshot>& snapshots) {
  Json list = Json::array();
  for (const vault::LeavingSnapshot& snapshot : snapshots) {
    list.push_back({{"id", snapshot.id.hex()},
                    {"time", to_json(snapshot.taken)},
                    {"sources", snapshot.sources}});
  }
  return list;
}

Json objects_json(const std::vector<vault::StoredObject>& objects) {
  using vault::ObjectType;
  const auto count = [&](std::initializer_list<ObjectType> types) {
    return std::ranges::count_if(objects, [&](const vault::StoredObject& object) {
      return std::ranges::find(types, object.parsed.type) != types.end();
    });
  };
  return {{"records", count({ObjectType::snapshot, ObjectType::roll})},
          {"segments", count({ObjectType::index_segment})},
          {"packs", count({ObjectType::data_pack, ObjectType::meta_pack})},
          {"sessions", count({ObjectType::session})}};
}

/// The same members for every step, in one order.
struct Members {
  std::string step;
  std::vector<vault::LeavingSnapshot> snapshots = {};
  const std::vector<vault::StoredObject>* objects = nullptr;
  std::uint64_t bytes = 0;
  vault::KnownMarks marks = {};
  std::optional<Instant> sweep_from = {};
  std::size_t leftovers = 0;
  std::size_t spared_snapshots = 0;
  std::size_t spared_objects = 0;
};

Json to_document(const Members& members, const SweepOutcome& outcome) {
  static const std::vector<vault::StoredObject> kNone;
  const auto& objects = members.objects == nullptr ? kNone : *members.objects;
  return {
      {"step", members.step},
      {"confirmed", outcome.confirmed},
      {"marks", marks_json(members.marks)},
      {"snapshots", snapshots_json(members.snapshots)},
      {"objects", objects_json(objects)},
      {"stored_bytes", members.bytes},
      {"leftovers", members.leftovers},
      {"spared", {{"snapshots", members.spared_snapshots}, {"objects", members.spared_objects}}},
      {"sweep_from", members.sweep_from ? to_json(*members.sweep_from) : Json()},
      {"deleted", outcome.deleted ? Json{{"objects", outcome.deleted->objects},
                                         {"stored_bytes", outcome.deleted->bytes}}
                                  : Json()}};
}

struct ToMembers {
  const vault::Trust& trust;
  const SweepOutcome& outcome;

  Members operator()(const vault::NothingToSweep& /*step*/) const { return {.step = "nothing"}; }
  Members operator()(const vault::FinishPlan& plan) const {
    return {.step = "finish", .objects = &plan.objects, .bytes = plan.bytes};
  }
  Members operator()(const vault::MarkPlan& plan) const {
    Members members{.step = "mark",
                    .snapshots = plan.snapshots,
                    .objects = &plan.objects,
                    .bytes = plan.bytes,
                    .marks = plan.marks};
    members.leftovers = plan.leftovers;
    if (outcome.marked_at) members.sweep_from = *outcome.marked_at + vault::sweep_grace(trust);
    return members;
  }
  Members operator()(const vault::Waiting& waiting) const {
    Members members{.step = "wait"};
    members.marks = waiting.marks;
    members.sweep_from = waiting.until;
    return members;
  }
  Members operator()(const vault::SweepPlan& plan) const {
    Members members{.step = "sweep",
                    .snapshots = plan.snapshots,
                    .objects = &plan.objects,
                    .bytes = plan.bytes,
                    .marks = plan.marks};
    members.spared_snapshots = plan.spared_snapshots;
    members.spared_objects = plan.spared_objects;
    return members;
  }
};

}  // namespace

Json sweep_json(const vault::NextSweepStep& step, const vault::Trust& trust,
                const SweepOutcome& outcome) {
  return to_document(std::visit(ToMembers{trust, outcome}, step), outcome);
}

Json follow_json(const vault::FollowPlan& plan, const SweepOutcome& outcome) {
  Members members{.step = "follow", .objects = &plan.going.objects, .bytes = plan.going.bytes};
  members.spared_objects = plan.spared;
  members.sweep_from = plan.next;
  return to_document(members, outcome);
}

}  // namespace lifeboat::cli
