#include "postgres/load.h"

#include <chrono>

#include "postgres/archive_check.h"
#include "postgres/load_phases.h"
#include "postgres/load_plan.h"
#include "postgres/load_run.h"
#include "postgres/load_session.h"
#include "postgres/target.h"

namespace lifeboat::postgres {
namespace {

using std::chrono::steady_clock;

double seconds_since(steady_clock::time_point start) {
  return std::chrono::duration<double>(steady_clock::now() - start).count();
}

RangeSizes sizes_of(const LoadSource& source, const Catalogue& catalogue) {
  RangeSizes sizes(catalogue.tables.size());
  for (std::size_t t = 0; t < sizes.size(); ++t) {
    if (!catalogue.tables[t].carries_rows()) continue;
    for (std::size_t r = 0; r < source.range_count(t); ++r) {
      sizes[t].push_back(source.range_bytes(t, r));
    }
  }
  return sizes;
}

/// Schema lifeboat_restore: in the target from the first transaction to the last.
class RestoreMark {
 public:
  RestoreMark(LoadSession& session, const std::string& snapshot_id) : session_(session) {
    const auto failure = session_.run(
        SqlFrom::catalogue,
        "CREATE SCHEMA lifeboat_restore;"
        "CREATE TABLE lifeboat_restore.progress (snapshot_id text, started_at timestamptz, "
        "state text);"
        "INSERT INTO lifeboat_restore.progress VALUES (" +
            quote_literal(snapshot_id) + ", pg_catalog.now(), 'begun')");
    if (!failure) return;
    if (failure->sqlstate == "42P06" || failure->sqlstate == "23505") {
      throw Error(ErrorKind::busy, "another restore has just begun in this database");
    }
    throw Error(
        ErrorKind::denied, "create schema lifeboat_restore: " + failure->message,
        "the role must be allowed to create schemas in the target: let it own the database");
  }

  void note(Phase phase) {
    static_cast<void>(
        session_.run(SqlFrom::catalogue, "UPDATE lifeboat_restore.progress SET state = " +
                                             quote_literal(std::string(name_of(phase)))));
  }

  /// The last transaction: it waits for the disk, and with it all that were committed before. The
  /// restored event triggers must not see it; only a superuser can hide it from them, and only a
  /// superuser can have restored any.
  void remove() {
    static_cast<void>(session_.run(SqlFrom::catalogue, "SET session_replication_role = replica"));
    const auto failure = session_.run(SqlFrom::catalogue,
                                      "SET synchronous_commit = on;"
                                      "DROP SCHEMA lifeboat_restore CASCADE");
    if (failure) {
      throw Error(ErrorKind::internal, "drop schema lifeboat_restore: " + failure->message);
    }
  }

 private:
  LoadSession& session_;
};

LoadReport run_phases(LoadInput input, LoadSession& leader, const LoadSettings& settings,
                      const std::stop_source& halt) {
  RestoreMark mark(leader, input.request.snapshot_id);
  try {
    LoadRun run(input, leader, settings, halt);
    run.prepare_roles();
    std::vector<PhaseTime> times;
    for (const Phase phase : kPhases) {
      const steady_clock::time_point start = steady_clock::now();
      input.observer.phase(name_of(phase));
      mark.note(phase);
      run.run(phase);
      times.push_back({std::string(name_of(phase)), seconds_since(start)});
    }
    mark.remove();
    LoadReport report = run.report();
    report.phases = std::move(times);
    return report;
  } catch (Error& error) {
    error.add_kept("part of the snapshot is in the target; schema lifeboat_restore marks it");
    error.add_hint("drop and create the target database, then restore again");
    throw;
  }
}

}  // namespace

LoadReport load(const LoadRequest& request, const Catalogue& catalogue, ByteView archive_bytes,
                LoadSource& source, Observer& observer, std::stop_token stop) {
  pq::Connection connection(request.url, stop);
  const TargetState target = inspect_target(connection);
  refuse_unfit_target(target, request);
  warn_of_differences(connection, target, request, catalogue, observer);

  const Archive archive = read_archive(archive_bytes);
  if (check_archive(archive, archive_bytes, stop) == ArchiveCheck::no_pg_restore) {
    observer.warned("no pg_restore here reads archive version " + archive.version +
                    ": its statements are taken from it without a second reading");
  }
  const EntryGraph graph(catalogue, archive);
  const LoadPlan plan = plan_load(catalogue, archive, sizes_of(source, catalogue));

  std::stop_source halt;
  const std::stop_callback on_stop(stop, [&halt] { halt.request_stop(); });
  const LoadSettings settings =
      settings_of(archive, catalogue, request.jobs, request.tuned_scratch);
  LoadSession leader(request.url, settings, halt.get_token());
  LoadReport report = run_phases({.request = request,
                                  .catalogue = catalogue,
                                  .archive = archive,
                                  .graph = graph,
                                  .plan = plan,
                                  .source = source,
                                  .observer = observer},
                                 leader, settings, halt);
  report.target = target.identity;
  return report;
}

}  // namespace lifeboat::postgres
