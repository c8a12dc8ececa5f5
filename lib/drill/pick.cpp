#include "drill/pick.h"

#include <algorithm>

#include "base/error.h"
#include "base/wire.h"
#include "config/duration.h"
#include "seal/sha256.h"

namespace lifeboat::drill {
namespace {

using config::ScenarioSelect;
using vault::SnapshotRecord;

constexpr std::chrono::hours kExposureWindow{30 * 24};

std::vector<std::string> data_sources(const SnapshotRecord& snapshot) {
  std::vector<std::string> names;
  for (const auto& source : snapshot.body->sources) {
    if (source.holds_data()) names.push_back(source.name);
  }
  return names;
}

bool fits(const SnapshotRecord& snapshot, const std::vector<std::string>& wanted) {
  if (!snapshot.body) return false;
  const auto held = data_sources(snapshot);
  if (wanted.empty()) return !held.empty();
  return std::ranges::all_of(
      wanted, [&](const auto& name) { return std::ranges::find(held, name) != held.end(); });
}

[[noreturn]] void none(const vault::History& history, const config::Scenario& scenario) {
  const bool sealed =
      std::ranges::any_of(history.snapshots, [](const auto& each) { return !each.body; });
  if (sealed) {
    throw Error(ErrorKind::denied, "this credential does not show which sources the snapshots hold",
                "a drill that restores needs LIFEBOAT_IDENTITY");
  }
  std::string sources;
  for (const auto& name : scenario.sources) sources += (sources.empty() ? "" : ", ") + name;
  throw Error(ErrorKind::not_found,
              "no snapshot " +
                  (scenario.window ? "of the last " + config::to_text(*scenario.window) + " "
                                   : std::string()) +
                  "holds " + (sources.empty() ? "data" : sources),
              "`lifeboat vault ls` shows what there is");
}

std::uint64_t seeded(const std::string& name, const std::string& seed) {
  const auto hash = seal::sha256(as_bytes(name + "/" + seed));
  WireReader reader(hash, "a hash");
  return reader.get<std::uint64_t>();
}

/// From the start of one to the completion of the next; `fitting` is newest first.
std::optional<std::chrono::milliseconds> exposure_of(
    const std::vector<const SnapshotRecord*>& fitting, Instant declared) {
  std::optional<std::chrono::milliseconds> longest;
  for (std::size_t i = 0; i + 1 < fitting.size(); ++i) {
    const auto& newer = fitting[i]->link;
    const auto& older = fitting[i + 1]->link;
    if (newer.finished < declared - kExposureWindow) break;
    const auto gap = newer.finished - older.started;
    if (!longest || gap > *longest) longest = gap;
  }
  return longest;
}

}  // namespace

Pick pick_snapshot(const vault::History& history, const config::Scenario& scenario,
                   const std::string& seed, Instant declared) {
  std::vector<const SnapshotRecord*> fitting;  // newest first, as the history is
  for (const SnapshotRecord& snapshot : history.snapshots) {
    if (fits(snapshot, scenario.sources)) fitting.push_back(&snapshot);
  }
  std::vector<const SnapshotRecord*> candidates;
  for (const SnapshotRecord* snapshot : fitting) {
    if (scenario.window && snapshot->link.finished < declared - *scenario.window) continue;
    candidates.push_back(snapshot);
  }
  if (candidates.empty()) none(history, scenario);
  Pick pick;
  switch (scenario.select) {
    case ScenarioSelect::latest:
      pick.record = candidates.front();
      pick.told.select = Select::latest;
      break;
    case ScenarioSelect::oldest:
      pick.record = candidates.back();
      pick.told.select = Select::oldest;
      break;
    case ScenarioSelect::random: {
      auto by_id = candidates;
      std::ranges::sort(by_id, {}, [](const SnapshotRecord* each) { return each->id(); });
      pick.record = by_id[seeded(scenario.name, seed) % by_id.size()];
      pick.told.select = Select::random;
      break;
    }
  }
  pick.told.id = pick.record->id().hex();
  pick.told.finished = pick.record->link.finished;
  pick.told.candidates = candidates.size();
  pick.told.newest = pick.record == fitting.front();
  for (const std::string& name : data_sources(*pick.record)) {
    const auto& wanted = scenario.sources;
    if (wanted.empty() || std::ranges::find(wanted, name) != wanted.end()) {
      pick.sources.push_back(name);
    }
  }
  pick.exposure = exposure_of(fitting, declared);
  return pick;
}

}  // namespace lifeboat::drill
