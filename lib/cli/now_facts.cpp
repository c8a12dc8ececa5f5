#include "cli/now_facts.h"

#include <algorithm>
#include <functional>
#include <map>

#include "cli/drill_records.h"
#include "cli/front_door.h"
#include "cli/vault_access.h"
#include "config/secret_reference.h"
#include "os/subprocess.h"

namespace lifeboat::cli {
namespace {

namespace fs = std::filesystem;

SourceStanding configured_standing(const config::SourceSection& section) {
  const bool cache =
      section.role == config::SourceRole::cache || section.kind == config::SourceKind::memcached;
  SourceStanding standing;
  standing.name = section.name;
  standing.kind = std::string(config::name_of(section.kind));
  standing.configured = true;
  standing.holds_data = !cache;
  standing.rpo = section.rpo;
  standing.rto = section.rto;
  return standing;
}

/// Snapshots come newest first, so the first that holds a source is the one that counts.
void note_snapshot(SourceStanding& standing, const vault::SnapshotRecord& snapshot,
                   const vault::SourceSummary& source, const vault::History& history) {
  const vault::Attestation* proof = history.newest_on(snapshot.id(), source.name);
  std::optional<bool> equal;
  if (proof != nullptr) {
    if (const auto verdict = proof->verdict_on(source.name)) {
      equal = *verdict == vault::Verdict::proven;
    }
  }
  if (equal.value_or(false)) {
    standing.proven_at = std::max(standing.proven_at, std::optional(proof->link.finished));
  }
  if (standing.at) return;
  standing.snapshot = snapshot.id().hex();
  standing.at = source.at;
  standing.holds_data = standing.holds_data && source.holds_data();
  standing.equal = equal;
  standing.losses = static_cast<std::uint64_t>(std::ranges::count(
      source.not_carried, Severity::loss, [](const NotCarried& item) { return item.severity; }));
}

std::vector<std::string> readers_of(const vault::Trust& trust) {
  std::vector<std::string> names;
  for (const vault::TrustedKey* key : trust.with_role(vault::Role::identity)) {
    if (!key->void_after) names.push_back(key->name);
  }
  return names;
}

std::vector<drill::Result> newest_of_each(const std::vector<report::Run>& runs) {
  std::map<std::string, drill::Result> newest;
  for (const report::Run& run : runs) {
    auto [place, fresh] = newest.try_emplace(run.result.drill, run.result);
    if (!fresh && place->second.declared < run.result.declared) place->second = run.result;
  }
  std::vector<drill::Result> sorted;
  for (auto& [name, result] : newest) sorted.push_back(std::move(result));
  std::ranges::stable_sort(sorted, std::greater<>{}, &drill::Result::declared);
  return sorted;
}

void ask_the_vault(Session& session, NowFacts& facts,
                   const std::vector<config::SourceSection>& configured) {
  const auto open = open_vault(session, reading_roles());
  const vault::History history = vault::read_history(*open.vault);
  facts.sources = standings_of(configured, history);
  facts.drills = newest_of_each(drill_records(open.vault->id(), history, facts.now).facts.runs);
  if (!history.attestations.empty()) {
    const vault::Link& link = history.attestations.front().link;
    facts.newest_proof_took = link.finished - link.started;
  }
  facts.readers = readers_of(open.vault->trust());
  facts.problems = history.problems.size();
}

fs::path runbook_folder(Session& session, const std::string& named) {
  if (!named.empty()) return named;
  if (const auto variable = session.environment().find("LIFEBOAT_RUNBOOKS")) return *variable;
  const fs::path shared = os::own_directory().parent_path() / "share" / "lifeboat" / "runbooks";
  std::error_code failure;
  if (!fs::is_directory("runbooks", failure) && fs::is_directory(shared, failure)) return shared;
  return "runbooks";
}

std::vector<fs::path> runbooks_in(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(folder, failure)) {
    if (entry.path().extension() == ".md" && entry.path().stem() != "README") {
      found.push_back(entry.path());
    }
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace

std::vector<SourceStanding> standings_of(const std::vector<config::SourceSection>& configured,
                                         const vault::History& history) {
  std::vector<SourceStanding> standings;
  for (const auto& section : configured) standings.push_back(configured_standing(section));
  for (const vault::SnapshotRecord& snapshot : history.snapshots) {
    if (!snapshot.body) continue;
    for (const vault::SourceSummary& source : snapshot.body->sources) {
      auto place = std::ranges::find(standings, source.name, &SourceStanding::name);
      if (place == standings.end()) {
        SourceStanding found;
        found.name = source.name;
        found.kind = source.kind;
        place = standings.insert(standings.end(), found);
      }
      note_snapshot(*place, snapshot, source, history);
    }
  }
  return standings;
}

NowFacts gather_now_facts(Session& session, const std::string& runbooks) {
  NowFacts facts;
  facts.now = session.clock().now();
  const std::vector<config::SourceSection> configured = session.config().sources;
  facts.vault = config::mask_passwords(session.settings().vault.value);
  facts.sources = standings_of(configured, {});
  try {
    ask_the_vault(session, facts, configured);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::cancelled || error.kind() == ErrorKind::internal) throw;
    facts.silence = Silence{error.kind(), std::string(error.message()), std::string(error.hint())};
  }
  const fs::path folder = runbook_folder(session, runbooks);
  facts.runbook_folder = folder.string();
  facts.runbooks = runbooks_in(folder);
  facts.can_run_runbooks = find_tool("runbook", session.environment()).has_value();
  return facts;
}

}  // namespace lifeboat::cli
