// lifeboat-restore: puts a snapshot's data into an empty database. The work is in lib/restore.
#include "base/error.h"
#include "cli/job_report.h"
#include "cli/option_groups.h"
#include "cli/redis_restore.h"
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
      .synopsis = "[OPTION]... SNAPSHOT --postgres|--redis|--memcached REF",
      .details =
          "Refuses a target that is not empty, and the database that the snapshot was taken from. "
          "While a restore is incomplete the target holds a schema named lifeboat_restore. With "
          "--into-schema the target may hold anything, and may be that database: plain tables are "
          "made in a schema beside its data, all of them or none. With --redis a Redis source goes "
          "into "
          "an empty Redis or Valkey server. A cache is not restored but emptied, with --flush.",
      .examples = {{"lifeboat restore latest --postgres env:NEW_URL", "the newest snapshot"},
                   {"lifeboat restore 7f3a91c2 --postgres env:NEW_URL --jobs 4",
                    "one by the beginning of its id"},
                   {"lifeboat restore latest --postgres env:URL --table orders "
                    "--into-schema old",
                    "one table beside live data, to look at and copy from"},
                   {"lifeboat restore latest --redis env:NEW_REDIS_URL --compare",
                    "a Redis source, read back and compared"},
                   {"lifeboat restore latest --memcached env:MEMCACHE_URL --flush HOST:11211",
                    "a cache: emptied, and warmed up"}},
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
  cli::RedisRestoreOptions redis;
};

void declare(cli::OptionSet& set, Options& options) {
  cli::declare_snapshot_argument(set, options.snapshot);
  cli::declare_target_options(set);
  set.flag("create-roles", options.create_roles,
           "create the roles that the snapshot names and the target lacks, without login");
  set.flag("strict", options.strict, "exit with 3 also where only something harmless is left out");
  set.flag("no-assertions", options.no_assertions,
           "do not ask the restored database what the snapshot's source was asked");
  set.value("replace", options.replace, "NAME",
            "empty the target first: drop all it holds; NAME is the database's, of Redis HOST:PORT "
            "or the socket's path (with --db N and /N behind it), typed once more");
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
  cli::declare_redis_restore_options(set, options.redis);
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

void refuse_options_of_postgres(const Options& options) {
  if (options.into_schema || options.schema_only || options.data_only || options.create_roles ||
      !options.choice.empty()) {
    throw lifeboat::Error(lifeboat::ErrorKind::usage,
                          "options of Postgres do not go with --redis and --memcached",
                          "leave out --into-schema, --table, --schema and the like");
  }
}

ExitCode run(const Options& options, cli::Session& session) {
  if (options.redis.named()) {
    refuse_options_of_postgres(options);
    return cli::restore_redis_or_cache(session, options.snapshot, options.redis, options.replace,
                                       options.plan);
  }
  cli::refuse_redis_restore_options(session, options.redis);
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
  const auto record = cli::find_snapshot(session, *open.vault, word);
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
