#include "cli/drill_records.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "drill/logbook.h"

namespace lifeboat::cli {
namespace {

/// When a source was proven last, in whichever snapshot.
std::optional<Instant> proven_at(const vault::History& history, std::string_view source,
                                 Instant until) {
  for (const vault::Attestation& attestation : history.attestations) {
    if (attestation.link.finished > until) continue;
    for (const auto& verdict : attestation.sources) {
      if (verdict.name == source && verdict.verdict == vault::Verdict::proven) {
        return attestation.link.finished;
      }
    }
  }
  return std::nullopt;
}

/// Those of the newest snapshot of each writer, since several may share a vault.
std::vector<report::KnownSource> sources_of(const vault::History& history, Instant until) {
  std::map<std::string, report::KnownSource> sources;
  std::vector<vault::KeyId> writers;
  for (const vault::SnapshotRecord& snapshot : history.snapshots) {
    if (!snapshot.body || snapshot.link.finished > until) continue;
    if (std::ranges::find(writers, snapshot.link.author) != writers.end()) continue;
    writers.push_back(snapshot.link.author);
    for (const vault::SourceSummary& source : snapshot.body->sources) {
      sources.try_emplace(source.name,
                          report::KnownSource{source.name, source.kind, source.holds_data(),
                                              proven_at(history, source.name, until)});
    }
  }
  std::vector<report::KnownSource> sorted;
  for (auto& [name, source] : sources) sorted.push_back(std::move(source));
  return sorted;
}

}  // namespace

DrillRecords drill_records(const vault::VaultId& vault, const vault::History& history,
                           Instant until) {
  vault::History known;
  std::ranges::copy_if(
      history.others, std::back_inserter(known.others),
      [until](const vault::OtherRecord& record) { return record.link.finished <= until; });
  drill::Logbook logbook = drill::logbook_of(known);
  return {.facts = {.vault = vault.hex(),
                    .runs = std::move(logbook.results),
                    .sources = sources_of(history, until)},
          .unreadable = std::move(logbook.unreadable)};
}

}  // namespace lifeboat::cli
