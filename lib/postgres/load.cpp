#include "postgres/load.h"

#include <chrono>
#include <thread>

#include "postgres/archive_check.h"
#include "postgres/load_forecast.h"
#include "postgres/load_phases.h"
#include "postgres/load_plan.h"
#include "postgres/load_run.h"
#include "postgres/load_session.h"
#include "postgres/replace_target.h"
#include "postgres/restore_journal.h"
#include "postgres/restore_part.h"
#include "postgres/session.h"
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

RestorePart what_was_chosen(const Catalogue& catalogue, const Archive& archive, RangeSizes sizes,
                            const LoadRequest& request) {
  if (!request.choice.empty()) return part_of(catalogue, archive, sizes, request.choice);
  return {catalogue, archive, std::move(sizes), {}};
}

/// What an archive entry makes, by its kind.
void add_object(const std::string& kind, LoadForecast& forecast) {
  if (kind == "TABLE") {
    ++forecast.tables;
  } else if (kind == "INDEX") {
    ++forecast.indexes;
  } else if (kind.ends_with("CONSTRAINT")) {
    ++forecast.constraints;
  } else {
    ++forecast.other_objects;
  }
}

void add_step(const Step& step, const RestorePart& part, const LoadRequest& request,
              LoadForecast& forecast) {
  const std::string kind = step.entry ? part.archive.entries[*step.entry].kind : "";
  if (step.kind == StepKind::create) {
    add_object(kind, forecast);
  } else if (step.kind == StepKind::build_index) {
    ++forecast.indexes;
  } else if (step.kind == StepKind::add_constraint && kind.ends_with("CONSTRAINT")) {
    ++forecast.constraints;
  }
  if (request.schema_only) return;
  if (step.kind == StepKind::load_range) {
    if (step.range == 0) forecast.filled.push_back(*step.table);
    forecast.copy_bytes += part.ranges[*step.table][step.range];
  } else if (step.kind == StepKind::load_large_objects) {
    forecast.large_objects = part.catalogue.large_objects.size();
  } else if (step.kind == StepKind::refresh) {
    ++forecast.materialized_views;
  }
}

/// One restore at a time in a database.
void take_the_database(pq::Connection& connection, std::chrono::milliseconds patience) {
  constexpr auto kPause = std::chrono::milliseconds(100);
  const auto deadline = steady_clock::now() + patience;
  while (true) {
    // "lifeboat" as a number
    if (connection.query("SELECT pg_catalog.pg_try_advisory_lock(7811887614280032628)")
            .boolean(0, 0)) {
      return;
    }
    if (steady_clock::now() >= deadline) break;
    std::this_thread::sleep_for(kPause);
  }
  throw Error(ErrorKind::busy, "another restore is at work in this database",
              "wait until it has ended, then try again");
}

/// What must happen before the restore can go on.
std::string hint_for(const Error& error) {
  constexpr const char* kGoOn = "run the same command again: it goes on where this one stopped";
  const std::string state = sqlstate_of(error);
  if (state == "53100") return std::string("make room on the target's disk, then ") + kGoOn;
  if (state == "53200") return std::string("give the target's server more memory, then ") + kGoOn;
  return kGoOn;
}

LoadReport run_phases(LoadInput input, LoadSession& leader, const LoadSettings& settings,
                      const std::stop_source& halt, bool resume) {
  RestoreJournal journal(leader, input.request, input.plan, resume);
  try {
    if (input.request.replace && !journal.was_emptied()) {
      empty_target(input.request.url, input.observer);
      journal.note_emptied();
    }
    LoadRun run(input, journal, leader, settings, halt);
    run.prepare_roles();
    std::vector<PhaseTime> times;
    for (const Phase phase : kPhases) {
      const steady_clock::time_point start = steady_clock::now();
      input.observer.phase(name_of(phase));
      journal.note(phase);
      run.run(phase);
      times.push_back({std::string(name_of(phase)), seconds_since(start)});
    }
    journal.remove();
    LoadReport report = run.report();
    report.phases = std::move(times);
    report.steps_done_before = journal.steps_done_before();
    return report;
  } catch (Error& error) {
    error.add_kept("part of the snapshot is in the target; schema lifeboat_restore marks it");
    error.add_hint(hint_for(error));
    throw;
  }
}

}  // namespace

LoadReport load(const LoadRequest& request, const Catalogue& catalogue, ByteView archive_bytes,
                LoadSource& source, Observer& observer, std::stop_token stop) {
  pq::Connection connection = connect_pinned(request.url, stop);
  take_the_database(connection, request.wait_for_others);
  const TargetState target = inspect_target(connection);
  refuse_unfit_target(target, request);
  if (request.replace) refuse_unfit_replacement(connection, target, *request.replace);
  warn_of_differences(connection, target, request, catalogue, observer);
  const bool resume =
      !target.unfinished_snapshot.empty() && target.unfinished_snapshot == request.snapshot_id;
  if (resume) observer.warned("the target holds a part of this snapshot: going on from there");

  const Archive archive = read_archive(archive_bytes);
  if (check_archive(archive, archive_bytes, stop) == ArchiveCheck::no_pg_restore) {
    observer.warned("no pg_restore here reads archive version " + archive.version +
                    ": its statements are taken from it without a second reading");
  }
  const RestorePart part =
      what_was_chosen(catalogue, archive, sizes_of(source, catalogue), request);
  const EntryGraph graph(part.catalogue, part.archive);
  LoadPlan plan = plan_load(part.catalogue, part.archive, part.ranges);
  plan.left_out.insert(plan.left_out.end(), part.left_out.begin(), part.left_out.end());

  std::stop_source halt;
  const std::stop_callback on_stop(stop, [&halt] { halt.request_stop(); });
  const LoadSettings settings =
      settings_of(archive, catalogue, request.jobs, request.tuned_scratch);
  LoadSession leader(request.url, settings, halt.get_token());
  LoadReport report = run_phases({.request = request,
                                  .catalogue = part.catalogue,
                                  .archive = part.archive,
                                  .graph = graph,
                                  .plan = plan,
                                  .source = source,
                                  .observer = observer},
                                 leader, settings, halt, resume);
  report.target = target.identity;
  return report;
}

LoadForecast forecast_load(const LoadRequest& request, const Catalogue& catalogue,
                           ByteView archive_bytes, LoadSource& source, Observer& observer,
                           std::stop_token stop) {
  pq::Connection connection(request.url, std::move(stop));
  LoadForecast forecast;
  forecast.target = inspect_target(connection);
  refuse_unfit_target(forecast.target, request);
  if (request.replace) refuse_unfit_replacement(connection, forecast.target, *request.replace);
  warn_of_differences(connection, forecast.target, request, catalogue, observer);
  forecast.goes_on = !forecast.target.unfinished_snapshot.empty() &&
                     forecast.target.unfinished_snapshot == request.snapshot_id;
  const RestorePart part =
      what_was_chosen(catalogue, read_archive(archive_bytes), sizes_of(source, catalogue), request);
  const LoadPlan plan = plan_load(part.catalogue, part.archive, part.ranges);
  forecast.left_out = plan.left_out;
  forecast.left_out.insert(forecast.left_out.end(), part.left_out.begin(), part.left_out.end());
  for (const Step& step : plan.steps) add_step(step, part, request, forecast);
  return forecast;
}

}  // namespace lifeboat::postgres
