#include <algorithm>

#include "base/error.h"
#include "cli/drill_files.h"
#include "cli/drill_ground.h"
#include "cli/drill_telling.h"
#include "cli/drill_tick_report.h"
#include "cli/drill_verbs.h"
#include "cli/front_door.h"
#include "drill/verdict.h"
#include "rehearse/heartbeat.h"
#include "rehearse/watched_tool.h"

namespace lifeboat::cli {
namespace {

namespace fs = std::filesystem;

enum class Only { both, snapshots, drills };

struct TickOptions {
  Only only = Only::both;
  DrillPlaces places;
};

void declare_tick(OptionSet& set, TickOptions& options) {
  set.choice<Only>("only", options.only, {{"snapshots", Only::snapshots}, {"drills", Only::drills}},
                   "snapshots: in the app that is captured, with the writer's credential; drills: "
                   "in another, with an identity (default: what there are credentials for)");
  options.places.declare(set);
  declare_vault_options(set);
}

/// The file's line, for a schedule that cannot be read.
drill::Schedule schedule_of(const config::Config& config, const config::SourceSection& source) {
  const bool own = !source.schedule.empty();
  const std::string& cron = own ? source.schedule : config.snapshot.schedule;
  try {
    return drill::Schedule::of_snapshots(cron, config.snapshot.tz);
  } catch (const Error& error) {
    const int line = own ? source.schedule_line : config.snapshot.line;
    throw Error(ErrorKind::usage, config.file + ":" + std::to_string(line) + ": " + error.message(),
                error.hint());
  }
}

std::vector<drill::Recurring> snapshots_of(const config::Config& config) {
  std::vector<drill::Recurring> recurring;
  for (const config::SourceSection& source : config.sources) {
    if (source.schedule.empty() && config.snapshot.schedule.empty()) continue;
    recurring.push_back({drill::Matter::snapshot, source.name, schedule_of(config, source)});
  }
  return recurring;
}

void beat_all(Session& session, TickStory& story) {
  for (const config::SourceSection& source : session.config().sources) {
    if (!source.heartbeat) continue;
    Heartbeat heartbeat{source.name, ""};
    try {
      rehearse::beat(session.secret(source.url), session.stop());
    } catch (const Error& error) {
      if (session.stop().stop_requested()) throw;
      heartbeat.failure = error.message();
    }
    story.heartbeats.push_back(std::move(heartbeat));
  }
}

rehearse::SnapshotEnd take_snapshot(Session& session, const std::vector<std::string>& sources) {
  const auto program = find_tool("snapshot", session.environment());
  if (!program) return {"", false, "lifeboat-snapshot is not installed beside lifeboat-drill"};
  os::Command command{.program = *program,
                      .arguments = {"--json", "--vault=" + session.vault_url()}};
  if (session.config_file()) {
    command.arguments.push_back("--config=" + session.config_file()->string());
  }
  for (const std::string& source : sources) command.arguments.push_back("--source=" + source);
  const auto never = std::chrono::steady_clock::time_point::max();
  const auto end = rehearse::run_tool(std::move(command), {}, never, session.stop());
  rehearse::SnapshotEnd outcome;
  outcome.snapshot = end.interrupted ? "" : rehearse::parse_snapshot_id(end.out);
  outcome.whole = end.status.ok();
  if (!outcome.snapshot.empty()) return outcome;
  const auto error = rehearse::parse_error(end.err);
  outcome.message = error ? error->message : "lifeboat-snapshot: " + end.status.describe();
  return outcome;
}

void add_round(TickStory& story, rehearse::TickReport report) {
  std::ranges::move(report.items, std::back_inserter(story.items));
  story.taken += report.taken;
  story.interrupted = story.interrupted || report.interrupted;
}

void tick_snapshots(Session& session, TickStory& all) {
  DrillTelling telling(session);
  TickStory story;
  beat_all(session, all);
  const auto recurring = snapshots_of(session.config());
  if (recurring.empty()) return;
  const auto open = open_vault(session, {config::Role::writer}, OnStop::go_on);
  rehearse::TickRequest request{
      .vault = *open.vault, .clock = session.clock(), .recurring = recurring};
  request.take_snapshot = [&](const auto& sources) { return take_snapshot(session, sources); };
  add_round(story, rehearse::tick(request, session.stop()));
  telling.tell(*open.vault, story, recurring, [](const auto&) { return nullptr; });
  add_round(all, {std::move(story.items), story.taken, story.interrupted});
}

/// A file that is wrong keeps its own drill from running, and no other.
std::vector<DrillFile> load_all(const fs::path& folder, bool named, TickStory& story) {
  std::vector<DrillFile> files;
  std::error_code ignored;
  if (!named && !fs::is_directory(folder, ignored)) return files;
  for (const fs::path& file : drill_files_in(folder)) {
    try {
      DrillFile drill = load_drill(file);
      if (drill.schedule) files.push_back(std::move(drill));
    } catch (const Error& error) {
      story.unreadable.push_back(error.message());
    }
  }
  return files;
}

const DrillFile& named(const std::vector<DrillFile>& files, const std::string& name) {
  return *std::ranges::find_if(files, [&](const auto& each) { return each.scenario.name == name; });
}

drill::Result result_without_run(const DrillFile& file, Instant due, drill::Act act, Instant now) {
  drill::Result result;
  result.drill = file.scenario.name;
  result.title = file.scenario.title;
  result.kind = file.scenario.kind == config::ScenarioKind::restore ? drill::Kind::restore
                                                                    : drill::Kind::readiness;
  result.trigger = drill::Trigger::schedule;
  result.due = due;
  result.run = rehearse::run_name(result.drill, due, due);
  result.declared = now;
  result.finished = now;
  result.scenario_sha256 = file.sha256;
  result.objectives = {file.scenario.rto, file.scenario.rpo};
  result.host = rehearse::host_name();
  result.program = "lifeboat " LIFEBOAT_VERSION;
  result.verdict = drill::Verdict::missed;
  if (act == drill::Act::tell_aborted) {
    result.verdict = drill::Verdict::aborted;
    result.error = drill::DrillError{std::string(lifeboat::name_of(ErrorKind::cancelled)),
                                     "its process vanished before it ended", ""};
  }
  result.summary = drill::summary_of(result);
  return result;
}

drill::Result run_due(const DrillGround& place, const DrillFile& file, Instant due,
                      const std::stop_token& stop) {
  const Instant now = place.ground->clock.now();
  try {
    rehearse::require_safe_ground(*place.ground, file.scenario, stop);
    return rehearse::run_drill(*place.ground,
                               {.scenario = file.scenario,
                                .scenario_sha256 = file.sha256,
                                .trigger = drill::Trigger::schedule,
                                .due = due},
                               stop);
  } catch (const Error& error) {
    drill::Result result = result_without_run(file, due, drill::Act::start, now);
    result.error = drill::DrillError{std::string(lifeboat::name_of(error.kind())), error.message(),
                                     error.hint()};
    result.verdict = drill::judge(result);
    result.summary = drill::summary_of(result);
    return result;
  }
}

void tick_drills(const TickOptions& options, Session& session, TickStory& all) {
  DrillTelling telling(session);
  TickStory story;
  const fs::path folder = drills_folder(session, options.places.drills);
  const bool is_named = options.places.drills || session.environment().has("LIFEBOAT_DRILLS");
  const std::vector<DrillFile> files = load_all(folder, is_named, all);
  const DrillGround place = open_ground(session, options.places, {config::Role::identity});
  story.reaped = reap_and_record(session, place);
  rehearse::TickRequest request{
      .vault = *place.vault.vault, .clock = session.clock(), .recurring = {}};
  for (const DrillFile& file : files) {
    request.recurring.push_back({drill::Matter::drill, file.scenario.name, *file.schedule});
  }
  request.run_drill = [&](const std::string& name, Instant due) {
    telling.begins(name, rehearse::run_name(name, due, due));
    return run_due(place, named(files, name), due, session.stop());
  };
  request.tell = [&](const std::string& name, Instant due, drill::Act act) {
    return result_without_run(named(files, name), due, act, session.clock().now());
  };
  request.record = [&](const drill::Result& result) {
    static_cast<void>(rehearse::record_result(*place.vault.vault, result));
    rehearse::close_run(*place.ground, result);
  };
  add_round(story, rehearse::tick(request, session.stop()));
  telling.tell(*place.vault.vault, story, request.recurring, [&](const std::string& name) {
    const auto at = std::ranges::find_if(
        files, [&](const DrillFile& each) { return each.scenario.name == name; });
    return at == files.end() ? nullptr : &at->scenario.notify_on;
  });
  std::ranges::move(story.reaped, std::back_inserter(all.reaped));
  add_round(all, {std::move(story.items), story.taken, story.interrupted});
}

ExitCode run_tick(const TickOptions& options, Session& session) {
  const bool writes = session.credential(config::Role::writer).has_value();
  const bool reads = session.credential(config::Role::identity).has_value();
  if (!writes && !reads && options.only == Only::both) {
    throw Error(ErrorKind::denied, "no credential for the vault is set",
                "LIFEBOAT_WRITER for snapshots, LIFEBOAT_IDENTITY for drills");
  }
  TickStory story;
  if (options.only == Only::snapshots || (options.only == Only::both && writes)) {
    tick_snapshots(session, story);
  }
  if (options.only == Only::drills || (options.only == Only::both && reads)) {
    tick_drills(options, session, story);
  }
  session.print(tick_text(story, session.paint()), tick_json(story));
  if (story.interrupted) return ExitCode::interrupted;
  return story.good() ? ExitCode::done : ExitCode::findings;
}

}  // namespace

Verb drill_tick_verb() {
  return {{.name = "tick",
           .summary = "Do what is due: snapshots, drills, clearing up. For the scheduler.",
           .synopsis = "[OPTION]...",
           .details = "To be called every ten minutes; twice, late, or side by side does no harm. "
                      "Writes the heartbeat of sources that want one. Exit code 3: something was "
                      "missed, failed, or was not passed.",
           .examples = {{"lifeboat drill tick --only snapshots", "in the app that is captured"},
                        {"lifeboat drill tick --only drills --drills ./drills", "in another"}},
           .exit_codes = {ExitCode::findings, ExitCode::not_found, ExitCode::denied,
                          ExitCode::unavailable, ExitCode::stale, ExitCode::refused},
           .environment = {"LIFEBOAT_VAULT", "LIFEBOAT_WRITER", "LIFEBOAT_IDENTITY",
                           "LIFEBOAT_DRILLS", "PATH", "TMPDIR"}},
          prepare<TickOptions>(declare_tick, run_tick)};
}

}  // namespace lifeboat::cli
