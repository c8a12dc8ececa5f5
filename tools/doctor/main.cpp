// lifeboat-doctor: whether this machine could take, read and prove snapshots, and what to do if
// not. The checks are in lib/doctor; this file puts the list together.
#include <vector>

#include "base/error.h"
#include "cli/doctor_report.h"
#include "cli/notify_access.h"
#include "cli/object_lock.h"
#include "cli/option_groups.h"
#include "cli/redis_access.h"
#include "cli/run_tool.h"
#include "cli/vault_access.h"
#include "doctor/configuration_checks.h"
#include "doctor/machine_checks.h"
#include "doctor/postgres_checks.h"
#include "doctor/redis_checks.h"
#include "doctor/source_checks.h"
#include "doctor/vault_checks.h"
#include "seal/sodium.h"

namespace {

using lifeboat::cli::ExitCode;
namespace cli = lifeboat::cli;
namespace doctor = lifeboat::doctor;

cli::ToolInfo tool() {
  return {
      .name = "doctor",
      .summary = "Check that this machine can take, restore and prove snapshots.",
      .synopsis = "[OPTION]...",
      .details =
          "Changes nothing (what it puts into the vault to try it, it removes); with --repin or "
          "--notify it does that alone. Each check is ok, "
          "attention (works, but know about it) or "
          "danger (something would fail); the exit code is 3 if there is a danger, or a sink "
          "that was not told.",
      .examples = {{"lifeboat doctor", "look at this machine and its configuration"},
                   {"lifeboat doctor --repin sessions",
                    "take the new key of a Redis server whose operator changed it"},
                   {"lifeboat doctor --notify",
                    "send a test to whoever is told of snapshots and drills"},
                   {"lifeboat doctor --json | jq -r .verdict", "ok, attention or danger"}},
      .exit_codes = {ExitCode::findings, ExitCode::not_found, ExitCode::denied,
                     ExitCode::unavailable},
      .environment = {"LIFEBOAT_WRITER", "LIFEBOAT_IDENTITY", "LIFEBOAT_VAULT", "LIFEBOAT_STATE",
                      "PATH", "TMPDIR"},
      .config_use = cli::ConfigUse::on_demand,
  };
}

struct Options {
  std::optional<std::string> repin;
  bool notify = false;
};

void declare(cli::OptionSet& set, Options& options) {
  set.group("Redis");
  set.value("redis", set.flags().redis, "REF",
            "look at this Redis or Valkey server instead of the sources of the configuration");
  cli::declare_redis_tls_options(set);
  set.value("repin", options.repin, "SOURCE",
            "trust the key that this Redis source's server shows now, instead of the one that is "
            "remembered");
  set.group("Notifications");
  set.flag("notify", options.notify,
           "send a test through every [notify.NAME] of the configuration, and say what came back");
  cli::declare_vault_options(set);
}

/// Without a readable configuration there is no vault to look at; another check says why.
std::string vault_url_or_none(cli::Session& session) {
  try {
    return session.settings().vault.value;
  } catch (const lifeboat::Error&) {
    return {};
  }
}

doctor::VaultReach vault_reach(cli::Session& session) {
  const std::string url = vault_url_or_none(session);
  return {.url = url,
          .open_store = [&session, url] { return cli::open_store_of_vault(session, url); },
          .describe_vault =
              [&session] {
                const auto open = cli::open_vault(session, cli::reading_roles());
                return "vault " + open.vault->id().hex().substr(0, 8) + ", trust record " +
                       std::to_string(open.vault->trust().number) + ", opened as " +
                       std::string(lifeboat::vault::name_of(open.vault->self().role));
              },
          .refuses_changes =
              [](lifeboat::store::ObjectStore& store) {
                return cli::protection_of(store) == cli::Protection::protected_;
              },
          .object_lock =
              [&session](lifeboat::store::ObjectStore& store) {
                return cli::lock_state(session, store);
              }};
}

/// Where there is none, or no readable configuration, there is nothing to ask.
std::vector<doctor::SourceReach> source_reaches(cli::Session& session) {
  std::vector<doctor::SourceReach> reaches;
  try {
    for (const auto& source : session.sources()) {
      if (source.kind != lifeboat::config::SourceKind::postgres) continue;
      reaches.push_back({.name = source.name,
                         .url = [&session, source] { return session.secret(source.url.value); },
                         .jobs = source.jobs.value});
    }
  } catch (const lifeboat::Error&) {
    reaches.clear();
  }
  return reaches;
}

std::vector<doctor::RedisReach> redis_reaches(cli::Session& session) {
  try {
    return cli::redis_reaches(session, session.sources());
  } catch (const lifeboat::Error&) {
    return {};
  }
}

std::vector<doctor::Check> all_checks(cli::Session& session) {
  std::vector<doctor::Check> checks = doctor::machine_checks();
  checks.push_back(doctor::crypto_check(lifeboat::seal::initialize));
  for (auto more : {doctor::postgres_checks(), doctor::source_checks(source_reaches(session)),
                    doctor::redis_checks(redis_reaches(session)), doctor::configuration_checks(),
                    doctor::vault_checks(vault_reach(session))}) {
    checks.insert(checks.end(), more.begin(), more.end());
  }
  return checks;
}

ExitCode run(const Options& options, cli::Session& session) {
  if (options.repin) {
    const cli::Repinned done = cli::repin(session, *options.repin);
    session.print(cli::repinned_text(done), cli::repinned_json(done));
    return ExitCode::done;
  }
  if (options.notify) {
    const auto outcomes = cli::test_sinks(session);
    session.print(cli::sinks_text(outcomes, session.paint()), cli::sinks_json(outcomes));
    return cli::all_told(outcomes) ? ExitCode::done : ExitCode::findings;
  }
  const doctor::Surroundings surroundings{
      .environment = session.environment(),
      .clock = session.clock(),
      .config_file = session.config_file(),
      .temp_dir = session.environment().find("TMPDIR").value_or("/tmp"),
      .stop = session.stop(),
  };
  const doctor::Report report = doctor::run_checks(all_checks(session), surroundings);
  session.print(cli::doctor_report_text(report, session.paint()), cli::doctor_report_json(report));
  return report.worst() == doctor::Level::danger ? ExitCode::findings : ExitCode::done;
}

}  // namespace

int main(int argc, char** argv) { return cli::run_tool(tool(), argc, argv, declare, run); }
