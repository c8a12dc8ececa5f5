#include "drill/standing.h"

#include <algorithm>
#include <map>

namespace lifeboat::drill {
namespace {

template <typename Value>
void keep_last(std::optional<Value>& kept, const std::optional<Value>& newer) {
  if (newer) kept = newer;
}

void take_last_run(const Result& last, notify::DrillStanding& standing) {
  standing.rto = last.objectives.rto;
  standing.rpo = last.objectives.rpo;
  standing.leaked = last.leaks.size();
  std::map<std::string, std::chrono::milliseconds> phases;  // of all sources together
  for (const Phase& phase : last.phases) phases[phase.name] += phase.took;
  standing.phases.assign(phases.begin(), phases.end());
  std::map<std::string, std::uint64_t> assertions;
  for (const AssertionOutcome& outcome : last.assertions) {
    ++assertions[std::string(name_of(outcome.result))];
  }
  standing.assertions.assign(assertions.begin(), assertions.end());
}

/// The newest of the attestations that prove this source, of whichever snapshot.
std::optional<Instant> last_verified(const vault::History& history, const std::string& source) {
  std::optional<Instant> newest;
  for (const vault::Attestation& attestation : history.attestations) {
    if (attestation.verdict_on(source) != vault::Verdict::proven) continue;
    newest = std::max(newest.value_or(Instant::min()), attestation.link.finished);
  }
  return newest;
}

/// `history` lists the newest snapshots first: the first complete one is the newest. Of a partial
/// one nobody knows here which source is whole.
void take_snapshot(const vault::SnapshotRecord& snapshot, const vault::SourceSummary& source,
                   notify::SourceStanding& standing) {
  standing.snapshots = standing.snapshots.value_or(0) + 1;
  standing.oldest_snapshot = source.at;
  if (!snapshot.complete || standing.last_success) return;
  standing.recovery_point = source.at;
  standing.last_success = snapshot.link.finished;
  standing.duration = snapshot.link.finished - snapshot.link.started;
  standing.source_bytes = source.read_bytes;
  standing.rows = source.rows;
  // Stored bytes are those of the whole snapshot: of several sources nobody can tell them apart.
  if (snapshot.body->sources.size() == 1) standing.new_bytes = snapshot.body->stored_bytes;
}

}  // namespace

notify::DrillStanding standing_of(const std::vector<Result>& results,
                                  const std::optional<Instant>& rto_breach_forecast) {
  notify::DrillStanding standing;
  std::map<std::string, std::uint64_t> runs;
  for (const Result& result : results) {
    ++runs[std::string(name_of(result.verdict))];
    if (result.verdict != Verdict::missed) standing.last_run = result.finished;
    if (result.verdict == Verdict::passed) standing.last_pass = result.finished;
    keep_last(standing.rta, result.measured.rta);
    keep_last(standing.rpa, result.measured.rpa);
    if (result.measured.bytes_per_second) {
      standing.restore_bytes_per_second = static_cast<double>(*result.measured.bytes_per_second);
    }
  }
  standing.runs.assign(runs.begin(), runs.end());
  standing.rto_breach_forecast = rto_breach_forecast;
  if (results.empty()) return standing;
  standing.name = results.back().drill;
  standing.verdict = name_of(results.back().verdict);
  // One that was missed says nothing of what the run before it left behind.
  const auto ran = std::find_if(results.rbegin(), results.rend(), [](const Result& result) {
    return result.verdict != Verdict::missed;
  });
  if (ran != results.rend()) take_last_run(*ran, standing);
  return standing;
}

std::vector<notify::SourceStanding> source_standings(const vault::History& history) {
  std::map<std::string, notify::SourceStanding> by_name;
  for (const vault::SnapshotRecord& snapshot : history.snapshots) {
    if (!snapshot.body) continue;
    for (const vault::SourceSummary& source : snapshot.body->sources) {
      if (source.holds_data()) take_snapshot(snapshot, source, by_name[source.name]);
    }
  }
  std::vector<notify::SourceStanding> standings;
  for (auto& [name, standing] : by_name) {
    standing.name = name;
    standing.last_verified = last_verified(history, name);
    standings.push_back(std::move(standing));
  }
  return standings;
}

}  // namespace lifeboat::drill
