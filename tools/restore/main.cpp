// lifeboat-restore: puts a snapshot's data into an empty database. The work is in lib/restore.
#include "base/error.h"
#include "cli/job_report.h"
#include "cli/option_groups.h"
#include "cli/run_tool.h"
#include "cli/snapshot_argument.h"
#include "cli/vault_access.h"
#include "restore/restore.h"
#include "vault/history.h"

namespace {

namespace cli = lifeboat::cli;
namespace config = lifeboat::config;
using cli::ExitCode;

cli::ToolInfo tool() {
  return {
      .name = "restore",
      .summary = "Restore a snapshot into an empty database.",
      .synopsis = "[OPTION]... SNAPSHOT --postgres REF",
      .details =
          "Refuses a target that is not empty, and the database that the snapshot was taken from. "
          "While a restore is incomplete the target holds a schema named lifeboat_restore.",
      .examples = {{"lifeboat restore latest --postgres env:NEW_URL", "the newest snapshot"},
                   {"lifeboat restore 7f3a91c2 --postgres env:NEW_URL --jobs 4",
                    "one by the beginning of its id"}},
      .exit_codes = {ExitCode::findings, ExitCode::not_found, ExitCode::busy, ExitCode::denied,
                     ExitCode::unavailable, ExitCode::stale, ExitCode::refused},
      .environment = {"LIFEBOAT_VAULT", "LIFEBOAT_IDENTITY", "PATH"},
  };
}

struct Options {
  std::string snapshot;
};

void declare(cli::OptionSet& set, Options& options) {
  cli::declare_snapshot_argument(set, options.snapshot);
  cli::declare_target_options(set);
  cli::declare_vault_options(set);
}

ExitCode run(const Options& options, cli::Session& session) {
  const config::Settings& settings = session.settings();
  if (!settings.postgres.value) {
    throw lifeboat::Error(lifeboat::ErrorKind::usage, "no target database is given",
                          "name it: --postgres env:NEW_URL");
  }
  const auto word = cli::snapshot_word(session, options.snapshot);
  const lifeboat::restore::Request request{.source = cli::source_in(word, settings),
                                           .url = session.secret(*settings.postgres.value),
                                           .jobs = settings.jobs.value};
  const auto open = cli::open_vault(session, {config::Role::identity});
  const auto record = lifeboat::vault::resolve_snapshot(*open.vault, word);
  const auto report = lifeboat::restore::restore_postgres(*open.vault, record, request,
                                                          session.observer(), session.stop());
  session.print(cli::restore_report_text(report, session.paint()),
                cli::restore_report_json(report));
  return report.lost_anything() ? ExitCode::findings : ExitCode::done;
}

}  // namespace

int main(int argc, char** argv) { return cli::run_tool(tool(), argc, argv, declare, run); }
