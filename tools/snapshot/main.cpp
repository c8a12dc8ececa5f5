// lifeboat-snapshot: captures sources into one snapshot. The work is in lib/snapshot.
#include "base/error.h"
#include "cli/cache_restore.h"
#include "cli/job_report.h"
#include "cli/object_lock.h"
#include "cli/option_groups.h"
#include "cli/redis_access.h"
#include "cli/run_tool.h"
#include "cli/vault_access.h"
#include "snapshot/snapshot.h"

namespace {

namespace cli = lifeboat::cli;
namespace config = lifeboat::config;
namespace snapshot = lifeboat::snapshot;
using cli::ExitCode;

cli::ToolInfo tool() {
  return {
      .name = "snapshot",
      .summary = "Capture databases into one snapshot in the vault.",
      .synopsis = "[OPTION]...",
      .details =
          "Reads one moment of each source and writes nothing to it. Needs the writer's "
          "credential only; what it stores, it cannot read again.",
      .examples = {{"lifeboat snapshot --postgres env:DATABASE_URL", "one database"},
                   {"lifeboat snapshot --postgres env:DATABASE_URL --redis env:REDIS_URL",
                    "and a Redis beside it"},
                   {"lifeboat snapshot", "all sources of lifeboat.toml"}},
      .exit_codes = {ExitCode::findings, ExitCode::not_found, ExitCode::busy, ExitCode::denied,
                     ExitCode::unavailable, ExitCode::stale, ExitCode::refused},
      .environment = {"LIFEBOAT_VAULT", "LIFEBOAT_WRITER", "DATABASE_URL", "REDIS_URL",
                      "LIFEBOAT_STATE", "PATH"},
  };
}

struct Options {
  std::vector<std::string> tags;
  std::optional<std::uint64_t> max_rate;
  std::vector<std::string> exclude_tables;
  std::vector<std::string> exclude_table_data;
  std::optional<config::OnLockWait> on_lock_wait;
};

void declare(cli::OptionSet& set, Options& options) {
  cli::declare_source_options(set);
  set.byte_size("max-rate", options.max_rate, "SIZE",
                "read at most this much of rows a second, all connections together: 20MB");
  set.list("exclude-table", options.exclude_tables, "PATTERN",
           "leave a table out: table, schema.table, or one with * and ?");
  set.list("exclude-table-data", options.exclude_table_data, "PATTERN",
           "leave its rows out, and keep its definition");
  set.choice<std::optional<config::OnLockWait>>(
      "on-lock-wait", options.on_lock_wait,
      {{"retry", config::OnLockWait::retry},
       {"skip", config::OnLockWait::skip},
       {"fail", config::OnLockWait::fail}},
      "when a lock and ours exclude each other: wait and try again (default), leave the table out, "
      "or stop");
  set.list("tag", options.tags, "TEXT", "a word that is kept with the snapshot");
  cli::declare_vault_options(set);
}

/// What the configuration leaves out of its source, and what the command line adds to that.
std::vector<std::string> both(std::vector<std::string> configured,
                              const std::vector<std::string>& given) {
  configured.insert(configured.end(), given.begin(), given.end());
  return configured;
}

/// Tables are named in one database: in another one the same words may mean something else.
void refuse_exclusion_for_several(const Options& options, std::size_t sources) {
  if (sources < 2 || (options.exclude_tables.empty() && options.exclude_table_data.empty())) return;
  throw lifeboat::Error(lifeboat::ErrorKind::usage,
                        "tables were excluded on the command line, but this captures " +
                            std::to_string(sources) + " sources",
                        "name one with --source, or write exclude_tables = [...] into the "
                        "section of each");
}

lifeboat::postgres::OnLockWait policy_of(config::OnLockWait choice) {
  switch (choice) {
    case config::OnLockWait::skip:
      return lifeboat::postgres::OnLockWait::skip;
    case config::OnLockWait::fail:
      return lifeboat::postgres::OnLockWait::fail;
    case config::OnLockWait::retry:
      break;
  }
  return lifeboat::postgres::OnLockWait::retry;
}

lifeboat::redis::PathChoice path_of(config::CapturePath path) {
  switch (path) {
    case config::CapturePath::replication:
      return lifeboat::redis::PathChoice::replication;
    case config::CapturePath::tracking:
      return lifeboat::redis::PathChoice::tracking;
    case config::CapturePath::automatic:
      break;
  }
  return lifeboat::redis::PathChoice::automatic;
}

snapshot::Request request_of(const Options& options, cli::Session& session) {
  snapshot::Request request;
  request.tags = options.tags;
  refuse_exclusion_for_several(options, session.sources().size());
  for (const config::SourceSetting& source : session.sources()) {
    if (source.role == config::SourceRole::cache) {
      const bool redis = source.kind == config::SourceKind::redis;
      request.caches.push_back(
          {.name = source.name,
           .engine = redis ? snapshot::CacheEngine::redis : snapshot::CacheEngine::memcached,
           .url = redis ? cli::redis_url(session, source)
                        : cli::memcached_url(session, source.url.value)});
      continue;
    }
    if (source.kind == config::SourceKind::redis) {
      snapshot::RedisSource redis;
      redis.name = source.name;
      redis.capture.url = cli::redis_url(session, source);
      redis.capture.path = path_of(source.capture);
      request.redis.push_back(std::move(redis));
      continue;
    }
    if (source.kind != config::SourceKind::postgres) {
      throw lifeboat::Error(lifeboat::ErrorKind::usage,
                            "source " + source.name + " is of kind " +
                                std::string(config::name_of(source.kind)) +
                                ", which this version does not capture",
                            "name the other sources with --source");
    }
    snapshot::PostgresSource postgres;
    postgres.name = source.name;
    postgres.capture.url = session.secret(source.url.value);
    postgres.capture.jobs = source.jobs.value;
    postgres.capture.most_bytes_per_second = options.max_rate;
    for (const config::AssertionLine& line : source.assertions) {
      postgres.capture.assertions.push_back({line.name, line.sql});
    }
    postgres.capture.refuse_unreadable = source.unreadable == config::OnUnreadable::refuse;
    postgres.capture.accept = source.accept;
    postgres.capture.on_lock_wait = policy_of(options.on_lock_wait.value_or(source.on_lock_wait));
    postgres.capture.exclude_tables = both(source.exclude_tables, options.exclude_tables);
    postgres.capture.exclude_table_data =
        both(source.exclude_table_data, options.exclude_table_data);
    postgres.accept = source.accept;
    request.postgres.push_back(std::move(postgres));
  }
  return request;
}

ExitCode run(const Options& options, cli::Session& session) {
  const bool separation = cli::has_separation(session);
  if (!separation) {
    session.warn(
        "writer and identity are set in one environment: whoever takes this machine over can read "
        "every snapshot");
  }
  const snapshot::Request request = request_of(options, session);
  const auto open = cli::open_vault(session, {config::Role::writer});
  cli::require_fitting_lock(session, session.vault_url(), *open.vault);
  cli::SnapshotSurroundings surroundings{.protection = cli::protection_of(*open.store),
                                         .separation = separation};
  const auto report =
      snapshot::take(*open.vault, request, session.clock(), session.observer(), session.stop());
  cli::note_heads(session, *open.vault, report.heads);
  surroundings.copies = cli::update_copies(session, *open.vault);
  session.print(cli::snapshot_report_text(report, surroundings, session.paint()),
                cli::snapshot_report_json(report, surroundings));
  const bool findings = report.lost_anything() || cli::is_finding(surroundings.copies);
  return findings ? ExitCode::findings : ExitCode::done;
}

}  // namespace

int main(int argc, char** argv) { return cli::run_tool(tool(), argc, argv, declare, run); }
