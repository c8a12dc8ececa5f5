#include "cli/drill_ground.h"

#include "base/error.h"
#include "cli/front_door.h"
#include "drill/schedule.h"
#include "os/throwaway_server.h"
#include "vault/claim.h"
#include "vault/witness.h"

namespace lifeboat::cli {
namespace {

namespace fs = std::filesystem;

fs::path tools_folder(const Session& session) {
  const auto tool = find_tool("verify", session.environment());
  if (tool) return tool->parent_path();
  throw Error(ErrorKind::not_found, "lifeboat-verify is not installed beside lifeboat-drill",
              "set LIFEBOAT_BIN to the directory that holds it");
}

/// What the other tools cannot find in the environment by themselves.
std::vector<std::string> passed_on(Session& session) {
  std::vector<std::string> arguments = {"--vault=" + session.vault_url()};
  if (session.config_file()) arguments.push_back("--config=" + session.config_file()->string());
  return arguments;
}

std::vector<rehearse::Production> production_of(Session& session) {
  std::vector<rehearse::Production> production;
  for (const config::SourceSection& source : session.config().sources) {
    if (source.kind != config::SourceKind::postgres) continue;
    try {
      production.push_back({source.name, session.secret(source.url)});
    } catch (const Error& error) {
      // An app that drills need not know how the originals are reached.
      session.log(LogLevel::debug, source.name + ": " + error.message());
    }
  }
  if (session.config().sources.empty() && session.environment().has("DATABASE_URL")) {
    production.push_back({"postgres", session.secret("env:DATABASE_URL")});
  }
  return production;
}

fs::path state_folder(Session& session, const DrillPlaces& places) {
  if (places.state) return fs::path(*places.state) / "drills";
  const fs::path& usual = session.settings().state_dir.value;
  if (!usual.empty()) return usual / "drills";
  // Nothing is to be remembered: what a killed run left must be found all the same.
  return os::throwaway_parent(session.settings().scratch_dir.value) / "lifeboat-drills";
}

}  // namespace

void DrillPlaces::declare(OptionSet& set) {
  set.value("drills", drills, "DIR",
            "the folder of the drills' files (default: ./drills, else those that are installed)");
  set.value("state-dir", state, "DIR", "where running drills are noted, to clear up after a kill");
  set.value("scratch-dir", set.flags().scratch_dir, "DIR",
            "where throwaway servers are made (default: $TMPDIR)");
}

DrillGround open_ground(Session& session, const DrillPlaces& places,
                        const std::vector<config::Role>& roles) {
  DrillGround place;
  place.vault = open_vault(session, roles, OnStop::go_on);
  place.ground = std::make_unique<rehearse::Ground>(rehearse::Ground{
      .vault = *place.vault.vault,
      .clock = session.clock(),
      .observer = session.observer(),
      .tools = tools_folder(session),
      .tool_arguments = passed_on(session),
      .scratch_parent = os::throwaway_parent(session.settings().scratch_dir.value),
      .state_folder = state_folder(session, places),
      .production = production_of(session),
      .resolve = [&session](const std::string& reference) { return session.secret(reference); },
      .program = "lifeboat " LIFEBOAT_VERSION});
  return place;
}

std::optional<vault::Link> try_record(Session& session, const vault::Vault& vault,
                                      const drill::Result& result) {
  try {
    vault::Link link = rehearse::record_result(vault, result);
    note_heads(session, vault, vault::heads_after(vault::ObjectType::record, link));
    return link;
  } catch (const Error& error) {
    session.warn(result.run + " is not recorded in the vault: " + error.message());
    return std::nullopt;
  }
}

std::vector<drill::Result> reap_and_record(Session& session, const DrillGround& place) {
  const vault::Vault& vault = *place.vault.vault;
  std::vector<drill::Result> results = rehearse::reap_left_runs(*place.ground, session.stop());
  for (const drill::Result& result : results) {
    session.warn(result.run + " was ended before its end: cleared up" +
                 (result.leaks.empty() ? "" : ", but something is left of it"));
    if (!try_record(session, vault, result) || !result.leaks.empty()) continue;
    if (result.due) {
      static_cast<void>(vault::put_end(
          vault, {"drill", vault::claim_name_of(result.drill), drill::due_text(*result.due)},
          session.clock().now()));
    }
    rehearse::forget_intent(*place.ground, result.run);
  }
  return results;
}

ExitCode exit_code_of(const drill::Result& result) noexcept {
  switch (result.verdict) {
    case drill::Verdict::passed:
      return ExitCode::done;
    case drill::Verdict::objective_missed:
    case drill::Verdict::failed:
    case drill::Verdict::missed:
    case drill::Verdict::cleanup_failed:
      return ExitCode::findings;
    case drill::Verdict::errored:
      return ExitCode::failed;
    case drill::Verdict::aborted:
      return ExitCode::interrupted;
  }
  return ExitCode::failed;
}

}  // namespace lifeboat::cli
