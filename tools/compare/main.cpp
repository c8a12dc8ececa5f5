// lifeboat-compare: what differs between a snapshot and a live server. The work is in lib/compare.
#include "base/error.h"
#include "cli/compare_report.h"
#include "cli/option_groups.h"
#include "cli/redis_access.h"
#include "cli/run_tool.h"
#include "cli/snapshot_argument.h"
#include "cli/vault_access.h"
#include "compare/redis_comparison.h"
#include "vault/history.h"

namespace {

namespace cli = lifeboat::cli;
namespace config = lifeboat::config;
using cli::ExitCode;

cli::ToolInfo tool() {
  return {
      .name = "compare",
      .summary = "List what differs between a snapshot and a live server.",
      .synopsis = "[OPTION]... SNAPSHOT --with REF",
      .details =
          "Reads a Redis or Valkey server whole, writes nothing, and lists the keys that are "
          "missing there, extra, of another value or expiry, and those that have expired since. "
          "Keys are printed, in quotes and escaped as redis-cli does: they can be personal data. "
          "A comparison with a live server proves nothing about the snapshot; lifeboat verify "
          "does.",
      .examples =
          {{"lifeboat compare latest --with env:REDIS_URL", "what changed since"},
           {"lifeboat compare latest --with env:URL --match 'session:*' --limit 5000 --json",
            "some keys, more names"}},
      .exit_codes = {ExitCode::findings, ExitCode::not_found, ExitCode::denied,
                     ExitCode::unavailable, ExitCode::stale, ExitCode::refused},
      .environment = {"LIFEBOAT_VAULT", "LIFEBOAT_IDENTITY"},
  };
}

struct Options {
  std::string snapshot;
  std::string with;
  std::optional<std::string> match;
  std::optional<int> database;
  std::optional<int> limit;
};

void declare(cli::OptionSet& set, Options& options) {
  cli::declare_snapshot_argument(set, options.snapshot);
  set.value("with", options.with, "REF",
            "the Redis or Valkey server: env:NAME, file:PATH, cmd:COMMAND or a URL without "
            "password");
  cli::declare_redis_tls_options(set);
  set.value("source", set.flags().sources, "NAME", "which of the snapshot's sources");
  set.value("match", options.match, "PATTERN", "only keys that fit, on both sides: session:*");
  set.number("db", options.database, 0, "N", "only this database, on both sides");
  set.number("limit", options.limit, 0, "N",
             "how many different keys, and how many expired ones, are named (default: 100)");
  cli::declare_vault_options(set);
}

lifeboat::resp::Url server_url(const Options& options, cli::Session& session) {
  if (options.with.empty()) {
    throw lifeboat::Error(lifeboat::ErrorKind::usage, "no server to compare with is given",
                          "name it: --with env:REDIS_URL");
  }
  const lifeboat::Secret url = session.secret(options.with);
  if (url.reveal().starts_with("postgres://") || url.reveal().starts_with("postgresql://")) {
    throw lifeboat::Error(lifeboat::ErrorKind::usage,
                          "a Postgres database cannot be compared yet, only Redis and Valkey",
                          "lifeboat verify restores a Postgres source and compares every row");
  }
  return cli::redis_target(session, options.with);
}

ExitCode run(const Options& options, cli::Session& session) {
  const auto word = cli::snapshot_word(session, options.snapshot);
  lifeboat::compare::RedisRequest request;
  request.source = cli::source_in(word, session.settings());
  request.compare.url = server_url(options, session);
  request.compare.depth = 100;  // others use it
  request.compare.selection.match = options.match;
  if (options.database) {
    request.compare.selection.database = static_cast<std::uint32_t>(*options.database);
  }
  if (options.limit) request.compare.named = static_cast<std::size_t>(*options.limit);
  const auto open = cli::open_vault(session, {config::Role::identity});
  const auto record = cli::find_snapshot(session, *open.vault, word);
  const auto report = lifeboat::compare::compare_redis(*open.vault, record, request,
                                                       session.observer(), session.stop());
  session.print(cli::compare_report_text(report, session.paint()),
                cli::compare_report_json(report));
  return report.compared.proven() ? ExitCode::done : ExitCode::findings;
}

}  // namespace

int main(int argc, char** argv) { return cli::run_tool(tool(), argc, argv, declare, run); }
