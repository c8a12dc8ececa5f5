// lifeboat-verify: proves a snapshot by restoring and comparing it. The work is in lib/verify.
#include "base/error.h"
#include "cli/job_report.h"
#include "cli/option_groups.h"
#include "cli/proof_watch.h"
#include "cli/run_tool.h"
#include "cli/snapshot_argument.h"
#include "cli/vault_access.h"
#include "vault/history.h"
#include "verify/verify.h"

namespace {

namespace cli = lifeboat::cli;
namespace config = lifeboat::config;
using cli::ExitCode;

cli::ToolInfo tool() {
  return {
      .name = "verify",
      .summary = "Prove a snapshot: restore it into scratch and compare everything.",
      .synopsis = "[OPTION]... SNAPSHOT",
      .details =
          "Starts a throwaway Postgres (--scratch local) or uses a database that was marked as "
          "scratch (once, with --adopt-scratch), restores, streams every row back, compares, and "
          "writes the signed verdict into the vault. A Redis source is proven in a throwaway "
          "redis-server or valkey-server, every key with its value and expiry. All sources of the "
          "snapshot are proven one after the other, each with a verdict of its own. Scratch is "
          "removed in every case, a marked database emptied.",
      .examples = {{"lifeboat verify latest --scratch local", "on this machine"},
                   {"lifeboat verify latest --scratch env:SCRATCH_URL --json | jq -r .verdict",
                    "in a given database"}},
      .exit_codes = {ExitCode::findings, ExitCode::not_found, ExitCode::busy, ExitCode::denied,
                     ExitCode::unavailable, ExitCode::stale, ExitCode::refused},
      .environment = {"LIFEBOAT_VAULT", "LIFEBOAT_IDENTITY", "PATH", "TMPDIR"},
  };
}

struct Options {
  std::string snapshot;
  bool adopt_scratch = false;
  std::optional<int> watch;
};

void declare(cli::OptionSet& set, Options& options) {
  cli::declare_snapshot_argument(set, options.snapshot);
  cli::declare_scratch_options(set);
  set.flag("adopt-scratch", options.adopt_scratch,
           "mark an empty database as scratch: from then on lifeboat wipes it before and after "
           "each use");
  set.value("source", set.flags().sources, "NAME", "only this one of the snapshot's sources");
  set.number("jobs", set.flags().jobs, 1, "N", "connections (default: 2)");
  set.number("watch", options.watch, 3, "FD",
             "tell each moment on this descriptor, and wait for an answer before a scratch is "
             "given back (for lifeboat drill)");
  cli::declare_vault_options(set);
}

ExitCode run(const Options& options, cli::Session& session) {
  const config::Settings& settings = session.settings();
  lifeboat::verify::Request request;
  const auto word = cli::snapshot_word(session, options.snapshot);
  request.source = cli::source_in(word, settings);
  if (settings.scratch.value != "local") {
    request.scratch_url = session.secret(settings.scratch.value);
  } else if (options.adopt_scratch) {
    throw lifeboat::Error(lifeboat::ErrorKind::usage, "--adopt-scratch names no database",
                          "say which one is scratch: --scratch env:SCRATCH_URL");
  }
  request.adopt_scratch = options.adopt_scratch;
  request.scratch_dir = settings.scratch_dir.value;
  request.jobs = settings.jobs.value;
  if (options.watch) request.at_moment = cli::watch_proof(*options.watch, session.stop());
  const auto open = cli::open_vault(session, {config::Role::identity});
  const auto record = lifeboat::vault::resolve_snapshot(*open.vault, word);
  const auto report = lifeboat::verify::verify(*open.vault, record, request, session.clock(),
                                               session.observer(), session.stop());
  cli::note_heads(session, *open.vault, report.heads);
  session.print(cli::verify_report_text(report, session.paint()), cli::verify_report_json(report));
  const bool proven = report.verdict == lifeboat::vault::Verdict::proven;
  return proven && !report.snapshot_lacks_anything() ? ExitCode::done : ExitCode::findings;
}

}  // namespace

int main(int argc, char** argv) { return cli::run_tool(tool(), argc, argv, declare, run); }
