#include <array>

#include "base/plural.h"
#include "base/units.h"
#include "cli/sweep_report.h"
#include "cli/text_table.h"
#include "vault/history.h"

namespace lifeboat::cli {
namespace {

constexpr const char* kDryRun = "nothing was changed; to do it: lifeboat vault sweep --confirm\n";

std::string utc(Instant instant) { return to_minute(instant) + " UTC"; }

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text.empty() ? "-" : text;
}

std::string numbers_of(const vault::KnownMarks& marks) {
  std::string text;
  for (const auto& [generation, number] : marks) {
    text += (text.empty() ? "" : ", ") + std::string("g") + std::to_string(generation) + "/" +
            std::to_string(number);
  }
  return text;
}

std::string snapshots_table(const std::vector<vault::LeavingSnapshot>& snapshots) {
  if (snapshots.empty()) return "";
  TextTable table({Align::left, Align::left, Align::left});
  table.add({"snapshot", "taken (UTC)", "sources"});
  for (const vault::LeavingSnapshot& snapshot : snapshots) {
    table.add({vault::short_id(snapshot.id), to_minute(snapshot.taken), joined(snapshot.sources)});
  }
  return table.text() + "\n";
}

std::string objects_table(const std::vector<vault::StoredObject>& objects) {
  struct Row {
    vault::ObjectType type;
    const char* name;
  };
  static constexpr std::array kRows = {Row{vault::ObjectType::snapshot, "snapshot records"},
                                       Row{vault::ObjectType::roll, "rolls of records"},
                                       Row{vault::ObjectType::index_segment, "index segments"},
                                       Row{vault::ObjectType::data_pack, "packs of data"},
                                       Row{vault::ObjectType::meta_pack, "packs of lists"},
                                       Row{vault::ObjectType::session, "session headers"}};
  TextTable table({Align::left, Align::right, Align::right});
  table.add({"what", "objects", "bytes"});
  for (const Row& row : kRows) {
    std::uint64_t count = 0;
    std::uint64_t bytes = 0;
    for (const vault::StoredObject& object : objects) {
      if (object.parsed.type != row.type) continue;
      ++count;
      bytes += object.size_bytes;
    }
    if (count > 0) table.add({row.name, human_count(count), human_bytes(bytes)});
  }
  return objects.empty() ? "" : table.text() + "\n";
}

std::string sum_of(std::size_t snapshots, std::size_t objects, std::uint64_t bytes) {
  return plural(snapshots, "snapshot") + " and " + plural(objects, "object") + " of " +
         human_bytes(bytes);
}

/// The screen of each step.
class Screen {
 public:
  Screen(const vault::Trust& trust, const SweepOutcome& outcome, const Paint& paint)
      : trust_(trust), outcome_(outcome), paint_(paint) {}

  std::string operator()(const vault::NothingToSweep& /*step*/) const {
    return "nothing to sweep: every object is needed, or too young to tell\n";
  }

  std::string operator()(const vault::FinishPlan& plan) const {
    std::string text = objects_table(plan.objects) +
                       "a sweep broke off: " + plural(plan.objects.size(), "object") + " of " +
                       human_bytes(plan.bytes) + " that it removed on record are still there\n";
    return text + end();
  }

  std::string operator()(const vault::MarkPlan& plan) const {
    std::string text = snapshots_table(plan.snapshots) + objects_table(plan.objects) +
                       sum_of(plan.snapshots.size(), plan.objects.size(), plan.bytes) +
                       (outcome_.confirmed ? " are" : " would be") + " condemned (mark " +
                       numbers_of(plan.marks) + ")\n";
    if (plan.leftovers > 0) {
      text += plural(plan.leftovers, "object") + " of these: of runs that broke off\n";
    }
    if (plan.next_time > 0) {
      text +=
          plural(plan.next_time, "object") + " more found no room: they wait for the next mark\n";
    }
    if (!outcome_.marked_at) return text + "a mark deletes nothing\n" + kDryRun;
    return text + "nothing is deleted before " +
           utc(*outcome_.marked_at + vault::sweep_grace(trust_)) +
           "\nuntil then, to take a forgetting back: lifeboat vault keep SNAPSHOT --reason TEXT\n"
           "then, to delete: lifeboat vault sweep --confirm\n";
  }

  std::string operator()(const vault::Waiting& waiting) const {
    return "mark " + numbers_of(waiting.marks) + " stands; it can be swept from " +
           utc(waiting.until) + " on\n";
  }

  std::string operator()(const vault::SweepPlan& plan) const {
    std::string text = snapshots_table(plan.snapshots) + objects_table(plan.objects) +
                       sum_of(plan.snapshots.size(), plan.objects.size(), plan.bytes) +
                       (outcome_.deleted ? " were" : " would be") + " deleted (mark " +
                       numbers_of(plan.marks) + ")\n";
    if (plan.spared_snapshots + plan.spared_objects > 0) {
      text += paint_.ok("spared") + ": " + plural(plan.spared_snapshots, "snapshot") + " and " +
              plural(plan.spared_objects, "object") + " that are needed again\n";
    }
    return text + end();
  }

  [[nodiscard]] std::string end() const {
    if (!outcome_.deleted) return kDryRun;
    return "deleted " + plural(outcome_.deleted->objects, "object") + ", " +
           human_bytes(outcome_.deleted->bytes) + "\n";
  }

 private:
  const vault::Trust& trust_;
  const SweepOutcome& outcome_;
  const Paint& paint_;
};

}  // namespace

std::string sweep_text(const vault::NextSweepStep& step, const vault::Trust& trust,
                       const SweepOutcome& outcome, const Paint& paint) {
  return std::visit(Screen(trust, outcome, paint), step);
}

std::string follow_text(const vault::FollowPlan& plan, const SweepOutcome& outcome,
                        const Paint& paint) {
  std::string text = objects_table(plan.going.objects);
  if (plan.going.objects.empty()) {
    text += "nothing to delete: " + plural(plan.sweeps, "sweep") + " of the original followed\n";
  } else {
    text += plural(plan.going.objects.size(), "object") + " of " + human_bytes(plan.going.bytes) +
            (outcome.deleted ? " were" : " would be") + " deleted, after " +
            plural(plan.sweeps, "sweep") + " of the original\n";
  }
  if (plan.spared > 0) {
    text += paint.attention("spared") + ": " + plural(plan.spared, "object") +
            " that a snapshot of this copy names\n";
  }
  if (plan.next) text += "the next sweep can be followed from " + utc(*plan.next) + " on\n";
  if (!outcome.confirmed && !plan.going.objects.empty()) {
    text += "nothing was changed; to do it, add --confirm\n";
  }
  return text;
}

}  // namespace lifeboat::cli
