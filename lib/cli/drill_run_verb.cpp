#include "base/error.h"
#include "cli/drill_files.h"
#include "cli/drill_ground.h"
#include "cli/drill_telling.h"
#include "cli/drill_text.h"
#include "cli/drill_verbs.h"
#include "drill/schedule.h"
#include "vault/claim.h"

namespace lifeboat::cli {
namespace {

struct RunOptions {
  std::string drill;
  DrillPlaces places;
};

void declare_run(OptionSet& set, RunOptions& options) {
  set.argument("FILE|NAME", options.drill, Presence::required,
               "a drill's file, or the name of one in the folder of drills");
  options.places.declare(set);
  declare_vault_options(set);
}

/// The store's clock beside ours, by an object that was stored a moment ago.
void claim_run(Session& session, const vault::Vault& vault, const std::string& drill) {
  const Instant now = session.clock().now();
  const vault::Claimed claimed{"hand", vault::claim_name_of(drill), drill::due_text(now)};
  std::uint64_t attempt = 1;
  while (!vault::put_claim(vault, claimed, attempt, now, now + vault::kLongestClaim)) ++attempt;
  const auto stored = vault::stored_at(vault, claimed, attempt);
  if (!stored || std::chrono::abs(*stored - now) <= vault::kMostClockError) return;
  throw Error(
      ErrorKind::refused,
      "this machine's clock says " + to_rfc3339(now) + ", the store's " + to_rfc3339(*stored),
      "set the clock: drills measure time, and start by it");
}

ExitCode run_run(const RunOptions& options, Session& session) {
  const DrillFile drill = find_drill(options.drill, drills_folder(session, options.places.drills));
  const DrillGround place = open_ground(session, options.places, {config::Role::identity});
  const vault::Vault& vault = *place.vault.vault;
  static_cast<void>(reap_and_record(session, place));
  rehearse::require_safe_ground(*place.ground, drill.scenario, session.stop());
  try {
    claim_run(session, vault, drill.scenario.name);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::denied) throw;
    session.warn("the run is not claimed in the vault: " + error.message());
  }
  DrillTelling telling(session);
  const drill::Result result = rehearse::run_drill(
      *place.ground, {.scenario = drill.scenario, .scenario_sha256 = drill.sha256}, session.stop());
  const auto link = try_record(session, vault, result);
  rehearse::close_run(*place.ground, result);
  telling.tell(vault, result, [&](const auto&) { return &drill.scenario.notify_on; });
  Json document = Json::parse(drill::to_json(result));
  document.erase("format");  // print() puts it in front
  document["record"] = link ? Json(link->id.hex()) : Json();
  std::string text = drill_text(result, session.paint());
  text += link ? "  recorded: " + link->id.hex().substr(0, 8) + "\n"
               : "  NOT RECORDED in the vault: this result is known here alone\n";
  session.print(text, document);
  const ExitCode code = exit_code_of(result);
  return code == ExitCode::done && !link ? ExitCode::findings : code;
}

}  // namespace

Verb drill_run_verb() {
  return {
      {.name = "run",
       .summary = "Run a drill now.",
       .synopsis = "[OPTION]... FILE|NAME",
       .details = "Restores the snapshot that the file asks for into scratch, by "
                  "lifeboat-verify, asks its assertions, measures, clears up, and writes the "
                  "signed result into the vault. Exit code 3: not passed; 1: the drill itself "
                  "could not tell; 5: it was stopped.",
       .examples = {{"lifeboat drill run weekly-restore", "one in ./drills"},
                    {"lifeboat drill run ./my.toml --json | jq -r .verdict", "a file"}},
       .exit_codes = {ExitCode::findings, ExitCode::not_found, ExitCode::busy, ExitCode::denied,
                      ExitCode::unavailable, ExitCode::stale, ExitCode::refused},
       .environment = {"LIFEBOAT_VAULT", "LIFEBOAT_IDENTITY", "LIFEBOAT_DRILLS", "PATH", "TMPDIR"}},
      prepare<RunOptions>(declare_run, run_run)};
}

}  // namespace lifeboat::cli
