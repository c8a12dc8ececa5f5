#include "postgres/load.h"

#include <chrono>
#include <thread>

#include "postgres/archive_check.h"
#include "postgres/load_phases.h"
#include "postgres/load_plan.h"
#include "postgres/load_prepare.h"
#include "postgres/load_run.h"
#include "postgres/load_session.h"
#include "postgres/replace_target.h"
#include "postgres/restore_journal.h"
#include "postgres/session.h"

namespace lifeboat::postgres {
namespace {

using std::chrono::steady_clock;

double seconds_since(steady_clock::time_point start) {
  return std::chrono::duration<double>(steady_clock::now() - start).count();
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
  const TargetState target = look_at_target(connection, request, catalogue, observer);
  const bool resume = target.holds_part_of(request.snapshot_id);
  if (resume) observer.warned("the target holds a part of this snapshot: going on from there");

  const Archive archive = read_archive(archive_bytes);
  if (check_archive(archive, archive_bytes, stop) == ArchiveCheck::no_pg_restore) {
    observer.warned("no pg_restore here reads archive version " + archive.version +
                    ": its statements are taken from it without a second reading");
  }
  const PreparedLoad prepared = prepare_load(request, catalogue, archive, source);
  const EntryGraph graph(prepared.part.catalogue, prepared.part.archive);

  std::stop_source halt;
  const std::stop_callback on_stop(stop, [&halt] { halt.request_stop(); });
  const LoadSettings settings =
      settings_of(archive, catalogue, request.jobs, request.tuned_scratch);
  LoadSession leader(request.url, settings, halt.get_token());
  LoadReport report = run_phases({.request = request,
                                  .catalogue = prepared.part.catalogue,
                                  .archive = prepared.part.archive,
                                  .graph = graph,
                                  .plan = prepared.plan,
                                  .source = source,
                                  .observer = observer},
                                 leader, settings, halt, resume);
  report.target = target.identity;
  return report;
}

}  // namespace lifeboat::postgres
