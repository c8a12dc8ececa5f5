#include "cli/drill_records.h"

#include <algorithm>
#include <map>

#include "base/error.h"

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
  DrillRecords records{
      .facts = {.vault = vault.hex(), .runs = {}, .sources = sources_of(history, until)},
      .unreadable = {}};
  for (const vault::OtherRecord& record : history.others) {
    if (record.kind != vault::RecordKind::drill || record.link.finished > until) continue;
    try {
      records.facts.runs.push_back({drill::result_from_json(record.body), record.link.id.hex()});
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::corrupt) throw;
      records.unreadable.push_back("record " + record.link.id.hex().substr(0, 8) + ": " +
                                   error.message());
    }
  }
  return records;
}

}  // namespace lifeboat::cli
