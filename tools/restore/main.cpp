// lifeboat-restore: puts a snapshot's data into an empty database. The work is in lib/restore.
#include "base/error.h"
#include "cli/job_report.h"
#include "cli/option_groups.h"
#include "cli/redis_access.h"
#include "cli/redis_report.h"
#include "cli/run_tool.h"
#include "cli/snapshot_argument.h"
#include "cli/vault_access.h"
#include "restore/plan.h"
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
      .synopsis = "[OPTION]... SNAPSHOT --postgres REF|--redis REF",
      .details =
          "Refuses a target that is not empty, and the database that the snapshot was taken from. "
          "While a restore is incomplete the target holds a schema named lifeboat_restore. With "
          "--into-schema the target may hold anything, and may be that database: plain tables are "
          "made in a schema beside its data, all of them or none. With --redis a Redis source goes "
          "into "
          "an empty Redis or Valkey server.",
      .examples = {{"lifeboat restore latest --postgres env:NEW_URL", "the newest snapshot"},
                   {"lifeboat restore 7f3a91c2 --postgres env:NEW_URL --jobs 4",
                    "one by the beginning of its id"},
                   {"lifeboat restore latest --postgres env:URL --table orders "
                    "--into-schema old",
                    "one table beside live data, to look at and copy from"},
                   {"lifeboat restore latest --redis env:NEW_REDIS_URL --compare",
                    "a Redis source, read back and compared"}},
      .exit_codes = {ExitCode::findings, ExitCode::not_found, ExitCode::busy, ExitCode::denied,
                     ExitCode::unavailable, ExitCode::stale, ExitCode::refused},
      .environment = {"LIFEBOAT_VAULT", "LIFEBOAT_IDENTITY", "PATH"},
  };
}

struct Options {
  std::string snapshot;
  std::optional<std::string> into_schema;
  lifeboat::postgres::TableChoice choice;
  bool schema_only = false;
  bool data_only = false;
  bool create_roles = false;
  bool strict = false;
  bool plan = false;
  std::optional<std::string> replace;
  bool no_assertions = false;
  std::optional<std::string> redis;
  std::optional<std::string> match;
  bool freeze_ttl = false;
  bool compare = false;
};

void declare(cli::OptionSet& set, Options& options) {
  cli::declare_snapshot_argument(set, options.snapshot);
  cli::declare_target_options(set);
  set.flag("create-roles", options.create_roles,
           "create the roles that the snapshot names and the target lacks, without login");
  set.flag("strict", options.strict, "exit with 3 also where only something harmless is left out");
  set.flag("no-assertions", options.no_assertions,
           "do not ask the restored database what the snapshot's source was asked");
  set.value("replace", options.replace, "DATABASE",
            "empty the target first: drop all it holds; DATABASE is its name, typed once more");
  set.flag("plan", options.plan, "say what would be done, and in what time; write nothing");
  set.group("A part of the snapshot");
  set.list("table", options.choice.tables, "NAME",
           "only this table with what is on it and what it needs: orders or public.orders");
  set.list("schema", options.choice.schemas, "NAME", "only what is in this schema");
  set.list("exclude-table", options.choice.excluded, "NAME", "not this table");
  set.flag("schema-only", options.schema_only, "definitions without rows");
  set.flag("data-only", options.data_only, "rows alone, into tables that are there and empty");
  set.value("into-schema", options.into_schema, "NAME",
            "beside live data: make plain tables in this schema, and touch nothing that exists");
  set.group("Redis");
  set.value(
      "redis", options.redis, "REF",
      "the empty Redis or Valkey server to restore into: env:NAME, file:PATH, cmd:COMMAND or a "
      "URL without password");
  cli::declare_redis_tls_options(set);
  set.value("match", options.match, "PATTERN", "only keys that fit: session:*");
  set.flag("freeze-ttl", options.freeze_ttl, "restore without expiries, for rehearsals");
  set.flag("compare", options.compare, "read the server back and compare every key");
  cli::declare_vault_options(set);
}

void refuse_what_contradicts(const Options& options) {
  const bool makes_definitions = options.schema_only || options.create_roles;
  if (options.into_schema && (makes_definitions || options.data_only)) {
    throw lifeboat::Error(lifeboat::ErrorKind::usage,
                          "--into-schema makes plain tables with their rows and no roles",
                          "leave out --schema-only, --data-only and --create-roles");
  }
  if (options.replace && (options.into_schema || options.data_only)) {
    throw lifeboat::Error(lifeboat::ErrorKind::usage,
                          "--replace empties the target, which --into-schema and --data-only keep",
                          "leave out --replace");
  }
  if (options.data_only && makes_definitions) {
    throw lifeboat::Error(lifeboat::ErrorKind::usage,
                          "--data-only makes nothing, it fills tables that are there",
                          "leave out --schema-only and --create-roles");
  }
}

ExitCode run_redis(const Options& options, cli::Session& session) {
  if (options.into_schema || options.schema_only || options.data_only || options.create_roles ||
      options.replace || options.plan || !options.choice.empty()) {
    throw lifeboat::Error(lifeboat::ErrorKind::usage, "options of Postgres do not go with --redis",
                          "leave out --into-schema, --table, --schema and the like");
  }
  const auto word = cli::snapshot_word(session, options.snapshot);
  lifeboat::restore::RedisRequest request;
  request.source = cli::source_in(word, session.settings());
  request.load.url = cli::redis_target(session, *options.redis);
  request.load.selection.match = options.match;
  request.load.freeze_expiry = options.freeze_ttl;
  request.compare = options.compare;
  const auto open = cli::open_vault(session, {config::Role::identity});
  const auto record = lifeboat::vault::resolve_snapshot(*open.vault, word);
  const auto report = lifeboat::restore::restore_redis(*open.vault, record, std::move(request),
                                                       session.observer(), session.stop());
  session.print(cli::redis_restore_text(report, session.paint()), cli::redis_restore_json(report));
  return report.lost_anything() ? ExitCode::findings : ExitCode::done;
}

ExitCode run(const Options& options, cli::Session& session) {
  if (options.redis) return run_redis(options, session);
  if (options.match || options.freeze_ttl || options.compare ||
      session.settings().redis_tls.said()) {
    throw lifeboat::Error(lifeboat::ErrorKind::usage,
                          "--match, --freeze-ttl, --compare and --redis-tls belong to --redis",
                          "name the server: --redis env:NEW_REDIS_URL");
  }
  const config::Settings& settings = session.settings();
  if (!settings.postgres.value) {
    throw lifeboat::Error(lifeboat::ErrorKind::usage, "no target database is given",
                          "name it: --postgres env:NEW_URL");
  }
  refuse_what_contradicts(options);
  const auto word = cli::snapshot_word(session, options.snapshot);
  const lifeboat::restore::Request request{.source = cli::source_in(word, settings),
                                           .url = session.secret(*settings.postgres.value),
                                           .jobs = settings.jobs.value,
                                           .choice = options.choice,
                                           .into_schema = options.into_schema,
                                           .data_only = options.data_only,
                                           .schema_only = options.schema_only,
                                           .replace = options.replace,
                                           .create_roles = options.create_roles,

                                           .ask_assertions = !options.no_assertions};
  const auto open = cli::open_vault(session, {config::Role::identity});
  const auto record = lifeboat::vault::resolve_snapshot(*open.vault, word);
  if (options.plan) {
    const auto plan = lifeboat::restore::plan_restore(*open.vault, record, request,
                                                      session.observer(), session.stop());
    session.print(cli::restore_plan_text(plan, session.paint()), cli::restore_plan_json(plan));
    return ExitCode::done;
  }
  const auto report = lifeboat::restore::restore_postgres(*open.vault, record, request,
                                                          session.observer(), session.stop());
  session.print(cli::restore_report_text(report, session.paint()),
                cli::restore_report_json(report));
  const bool findings = report.lost_anything() || report.failed_an_assertion() ||
                        (options.strict && report.left_anything_out());
  return findings ? ExitCode::findings : ExitCode::done;
}

}  // namespace

int main(int argc, char** argv) { return cli::run_tool(tool(), argc, argv, declare, run); }
