#include "cli/forget_report.h"

#include "base/units.h"
#include "cli/text_table.h"
#include "config/duration.h"

namespace lifeboat::cli {
namespace {

using vault::KeepPolicy;
using vault::KeepReason;

constexpr std::size_t kSourcesColumns = 16;

std::int64_t ms(std::chrono::seconds duration) {
  return std::chrono::milliseconds(duration).count();
}

/// The word of a reason that people read.
std::string_view word_of(KeepReason reason) {
  switch (reason) {
    case KeepReason::head:
      return "newest";
    case KeepReason::last_proven:
      return "last proven";
    case KeepReason::floor_count:
    case KeepReason::floor_age:
      return "floor";
    case KeepReason::only_one:
      return "only one";
    case KeepReason::future_dated:
      return "dated ahead";
    case KeepReason::out_of_order:
      return "out of order";
    case KeepReason::within:
    case KeepReason::last:
    case KeepReason::hourly:
    case KeepReason::daily:
    case KeepReason::weekly:
    case KeepReason::monthly:
    case KeepReason::yearly:
    case KeepReason::pinned:
    case KeepReason::sealed:
      break;
  }
  return vault::name_of(reason);
}

std::string fate_text(const vault::SnapshotFate& fate, const Paint& paint) {
  if (fate.forgotten) {
    const char* why = *fate.forgotten == vault::ForgetRule::hand      ? "named"
                      : *fate.forgotten == vault::ForgetRule::partial ? "partial"
                                                                      : "no rule keeps it";
    return paint.attention("FORGET") + " " + why;
  }
  std::string words;
  std::string_view before;
  for (const KeepReason reason : fate.kept_by) {
    const std::string_view word = word_of(reason);
    if (word == before) continue;  // both floors
    words += (words.empty() ? "" : ", ") + std::string(word);
    before = word;
  }
  return words.empty() ? "stays" : words;
}

std::string table_of(const vault::ForgetPlan& plan, const Paint& paint) {
  TextTable table({Align::left, Align::left, Align::left, Align::right, Align::left});
  table.add({"snapshot", "taken (UTC)", "sources", "added", "kept by"});
  for (const vault::SnapshotFate& fate : plan.snapshots) {
    std::string sources;
    for (const std::string& name : fate.snapshot.sources) {
      sources += (sources.empty() ? "" : " ") + name;
    }
    table.add({vault::short_id(fate.snapshot.id), to_minute(fate.snapshot.time),
               fit(sources.empty() ? "(sealed)" : sources, kSourcesColumns),
               human_bytes(fate.snapshot.stored_bytes), fate_text(fate, paint)});
  }
  return table.text();
}

std::uint64_t bytes_forgotten(const vault::ForgetPlan& plan) {
  std::uint64_t bytes = 0;
  for (const vault::SnapshotFate& fate : plan.snapshots) {
    if (fate.forgotten) bytes += fate.snapshot.stored_bytes;
  }
  return bytes;
}

std::string snapshots(std::size_t count) {
  return human_count(count) + (count == 1 ? " snapshot" : " snapshots");
}

}  // namespace

std::string keep_policy_text(const KeepPolicy& policy) {
  std::string text;
  if (policy.within) text = "within " + config::to_text(*policy.within);
  for (const auto& [name, count] : vault::kKeepCounts) {
    if (policy.*count == 0) continue;
    text += (text.empty() ? "" : ", ") + std::to_string(policy.*count) + " " + std::string(name);
  }
  return text;
}

Json keep_policy_json(const KeepPolicy& policy) {
  if (policy.empty()) return nullptr;
  Json keep = {{"within_ms", policy.within ? Json(ms(*policy.within)) : Json()}};
  for (const auto& [name, count] : vault::kKeepCounts) keep[std::string(name)] = policy.*count;
  return keep;
}

std::string forget_text(const ForgetReport& report, const Paint& paint) {
  const vault::ForgetPlan& plan = report.plan;
  const std::size_t count = plan.count_forgotten();
  std::string text;
  if (!plan.policy.empty()) text += "keep   " + keep_policy_text(plan.policy) + "\n";
  text += "floor  the newest " + std::to_string(report.floor.count) +
          " of each source, and what is younger than " + human_duration(report.floor.age) + "\n\n";
  text += table_of(plan, paint) + "\n";
  if (count == 0)
    return text + "nothing to forget: all " + snapshots(plan.snapshots.size()) + " stay\n";
  const std::string what = snapshots(count) + " of " + human_count(plan.snapshots.size()) +
                           ", which added " + human_bytes(bytes_forgotten(plan)) +
                           " to the vault (what others share of it stays)";
  if (!report.record) {
    return text + wrap("would forget " + what, kColumns, 0) +
           "\nnothing was changed; the same command with --confirm forgets them\n";
  }
  return text + wrap("forgot " + what, kColumns, 0) + "\nrecord " +
         report.record->hex().substr(0, 8) + "; no sweep deletes anything of it before " +
         to_minute(report.earliest_sweep) + " UTC\n" +
         "to take one back until then: lifeboat vault keep SNAPSHOT --reason TEXT\n";
}

Json forget_json(const ForgetReport& report) {
  const vault::ForgetPlan& plan = report.plan;
  Json fates = Json::array();
  for (const vault::SnapshotFate& fate : plan.snapshots) {
    Json kept_by = Json::array();
    for (const KeepReason reason : fate.kept_by) kept_by.push_back(vault::name_of(reason));
    fates.push_back({{"id", fate.snapshot.id.hex()},
                     {"store_time", to_json(fate.snapshot.time)},
                     {"writer", fate.snapshot.writer.hex()},
                     {"sources", fate.snapshot.sources},
                     {"complete", fate.snapshot.complete},
                     {"stored_bytes", fate.snapshot.stored_bytes},
                     {"pinned", or_null(fate.snapshot.pinned)},
                     {"forget", fate.forgotten.has_value()},
                     {"rule", fate.forgotten ? Json(vault::name_of(*fate.forgotten)) : Json()},
                     {"kept_by", kept_by}});
  }
  const std::size_t count = plan.count_forgotten();
  return {{"confirmed", report.record.has_value()},
          {"record", report.record ? Json(report.record->hex()) : Json()},
          {"store_time", to_json(plan.store_time)},
          {"keep", keep_policy_json(plan.policy)},
          {"floor", {{"count", report.floor.count}, {"age_ms", ms(report.floor.age)}}},
          {"forgotten", count},
          {"kept", plan.snapshots.size() - count},
          {"forgotten_bytes", bytes_forgotten(plan)},
          {"sweep_from", count > 0 ? to_json(report.earliest_sweep) : Json()},
          {"snapshots", fates}};
}

}  // namespace lifeboat::cli
