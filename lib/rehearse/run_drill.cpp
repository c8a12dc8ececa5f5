#include "rehearse/run_drill.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/error.h"
#include "base/units.h"
#include "drill/expectation.h"
#include "drill/pick.h"
#include "drill/schedule.h"
#include "drill/verdict.h"
#include "postgres/identity.h"
#include "postgres/scratch.h"
#include "postgres/target.h"
#include "pq/connection.h"
#include "rehearse/question.h"
#include "rehearse/readiness.h"
#include "rehearse/scratch_home.h"
#include "rehearse/watched_tool.h"
#include "vault/append_record.h"
#include "vault/claim.h"
#include "vault/history.h"

namespace lifeboat::rehearse {
namespace {

using config::Scenario;
using drill::AssertionOutcome;
using drill::AssertionResult;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::chrono::seconds max_runtime_of(const Scenario& scenario) {
  return scenario.schedule ? scenario.schedule->max_runtime
                           : config::ScenarioSchedule().max_runtime;
}

drill::DrillError told(const Error& error) {
  return {std::string(name_of(error.kind())), error.message(), error.hint()};
}

void require_no_production(const Ground& ground, const Scenario& scenario,
                           const std::stop_token& stop) {
  if (scenario.scratch == "local") return;
  pq::Connection scratch(ground.resolve(scenario.scratch), stop);
  const postgres::Identity identity = postgres::read_identity(scratch);
  for (const Production& production : ground.production) {
    std::optional<postgres::Identity> other;
    try {
      pq::Connection connection(production.url, stop);
      other = postgres::read_identity(connection);
    } catch (const Error& error) {
      // A source that is down is what drills are for; the proof looks at the snapshot's own, too.
      ground.observer.warned(production.source +
                             " cannot be asked whether the scratch is its own "
                             "database: " +
                             error.message());
      continue;
    }
    if (!postgres::same_database(identity, *other)) continue;
    throw Error(ErrorKind::refused,
                "the scratch database " + identity.database + " is the source " + production.source,
                "give an empty database that nobody needs");
  }
}

/// One run; each step adds to the result.
class Run {
 public:
  Run(const Ground& ground, const DrillRequest& request, const std::stop_token& stop)
      : ground_(ground),
        scenario_(request.scenario),
        request_(request),
        stop_(stop),
        begun_(steady_clock::now()),
        deadline_(begun_ + max_runtime_of(request.scenario)) {
    result_.drill = scenario_.name;
    result_.title = scenario_.title;
    result_.kind = scenario_.kind == config::ScenarioKind::restore ? drill::Kind::restore
                                                                   : drill::Kind::readiness;
    result_.trigger = request.trigger;
    result_.due = request.due;
    result_.declared = ground.clock.now();
    result_.run = run_name(scenario_.name, request.due, result_.declared);
    result_.scenario_sha256 = request.scenario_sha256;
    result_.objectives = {scenario_.rto, scenario_.rpo};
    result_.host = host_name();
    result_.program = ground.program;
  }

  drill::Result go() {
    const Ledger ledger(ground_.state_folder);
    const auto home = scratch_home(ground_.scratch_parent, result_.run);
    ledger.open(intent(home));
    try {
      make_scratch_home(home);
      if (result_.kind == drill::Kind::restore) {
        restore(home);
      } else {
        result_.assertions = check_readiness(ground_, scenario_, home, stop_);
        phase("verify", "", milliseconds(0));
      }
    } catch (const Error& error) {
      result_.error = told(error);
    }
    if (stop_.stop_requested()) {
      result_.error =
          drill::DrillError{std::string(name_of(ErrorKind::cancelled)), "it was asked to stop", ""};
    }
    const milliseconds cleaning = elapsed();
    ground_.observer.phase("clean");
    result_.leaks = clear_scratch_home(home);
    phase("clean", "", cleaning);
    result_.finished = ground_.clock.now();
    result_.verdict = drill::judge(result_);
    result_.summary = drill::summary_of(result_);
    return std::move(result_);
  }

 private:
  [[nodiscard]] milliseconds elapsed() const {
    return std::chrono::duration_cast<milliseconds>(steady_clock::now() - begun_);
  }

  /// It began at `start` and ends now.
  void phase(const std::string& name, const std::string& source, milliseconds start) {
    result_.phases.push_back({name, source, start, elapsed() - start});
    since_ = elapsed();
  }

  [[nodiscard]] Intent intent(const std::filesystem::path& home) const {
    return {.run = result_.run,
            .drill = result_.drill,
            .title = result_.title,
            .trigger = result_.trigger,
            .due = result_.due,
            .declared = result_.declared,
            .scenario_sha256 = result_.scenario_sha256,
            .scratch_home = home,
            .scratch_reference = scenario_.scratch == "local" ? "" : scenario_.scratch,
            .owner = os::process_of(::getpid()).value_or(os::ProcessId{.pid = ::getpid()})};
  }

  void restore(const std::filesystem::path& home) {
    const vault::History history = vault::read_history(ground_.vault);
    const std::string seed =
        result_.due ? drill::due_text(*result_.due) : to_rfc3339(result_.declared);
    const drill::Pick pick = drill::pick_snapshot(history, scenario_, seed, result_.declared);
    result_.snapshot = pick.told;
    result_.measured.exposure = pick.exposure;
    note_untested(*pick.record, pick.sources);
    left_ = pick.sources.size();
    phase("decide", "", milliseconds(0));
    for (const auto& chosen : proofs_of(pick)) prove(pick, chosen, home);
    finish_measures(pick);
  }

  /// One proof of all, or one for each source that the scenario names.
  [[nodiscard]] std::vector<std::optional<std::string>> proofs_of(const drill::Pick& pick) const {
    if (scenario_.sources.empty()) return {std::nullopt};
    return {pick.sources.begin(), pick.sources.end()};
  }

  void prove(const drill::Pick& pick, const std::optional<std::string>& source,
             const std::filesystem::path& home) {
    os::Command command{.program = ground_.tools / "lifeboat-verify",
                        .arguments = {pick.told.id, "--json", "--scratch=" + scenario_.scratch,
                                      "--scratch-dir=" + home.string()}};
    if (source) command.arguments.push_back("--source=" + *source);
    const auto& more = ground_.tool_arguments;
    command.arguments.insert(command.arguments.end(), more.begin(), more.end());
    const ToolEnd end = run_tool(
        std::move(command), [&](const ProofMoment& moment) { at(moment); }, deadline_, stop_);
    if (stop_.stop_requested()) throw Error(ErrorKind::cancelled, "it was asked to stop");
    if (end.interrupted) {
      throw Error(ErrorKind::unavailable,
                  "it did not end within " + human_duration(max_runtime_of(scenario_)),
                  "give it more time: max_runtime in [schedule]");
    }
    take_report(pick, end);
  }

  void at(const ProofMoment& moment) {
    if (moment.moment == "scratch") {
      phase("scratch", moment.source, since_);
      ground_.observer.phase("restore");
    } else if (moment.moment == "restored") {
      phase("restore", moment.source, since_);
      ground_.observer.phase("verify");
    } else {
      phase("verify", moment.source, since_);
      ground_.observer.phase("assert");
      ask_all({moment.source, moment.kind, moment.url});
      phase("assert", moment.source, since_);
    }
  }

  void ask_all(const Restored& restored) {
    --left_;
    for (const auto& assertion : scenario_.assertions) {
      const bool its = assertion.on == restored.source;
      const bool of_none = assertion.on.empty() && left_ == 0;
      if (!its && !of_none) continue;
      AssertionOutcome outcome = ask(assertion, its ? &restored : nullptr, stop_);
      if (assertion.measures_rpo && outcome.result != AssertionResult::error) {
        note_beat(restored.source, drill::parse_beat(outcome.found));
      }
      asked_.push_back(std::move(outcome));
    }
    if (restored.kind == "postgres" && !beats_.contains(restored.source)) {
      note_beat(restored.source, read_heartbeat(restored, stop_));
    }
  }

  void note_beat(const std::string& source, const std::optional<Instant>& beat) {
    if (beat) beats_[source] = *beat;
  }

  void take_report(const drill::Pick& pick, const ToolEnd& end) {
    constexpr int kFindings = 3;
    const bool reported =
        end.status.signal == 0 && (end.status.code == 0 || end.status.code == kFindings);
    if (!reported || end.out.empty()) {
      result_.error = parse_error(end.err).value_or(
          drill::DrillError{"internal", "lifeboat-verify ended with " + end.status.describe(), ""});
      return;
    }
    ProofReport report = parse_proof(end.out);
    if (!report.failures.empty()) {
      result_.error = drill::DrillError{"unavailable", report.failures.front(), ""};
    }
    result_.attestation = report.attestation;
    for (drill::SourceResult& source : report.sources) {
      for (const auto& summary : pick.record->body->sources) {
        if (summary.name == source.name) source.read_bytes = summary.read_bytes;
      }
      result_.sources.push_back(std::move(source));
    }
    std::ranges::move(report.assertions, std::back_inserter(result_.assertions));
  }

  void finish_measures(const drill::Pick& pick) {
    std::ranges::move(asked_, std::back_inserter(result_.assertions));
    for (const auto& assertion : scenario_.assertions) {
      const auto named =
          std::ranges::find(result_.assertions, assertion.name, &AssertionOutcome::name);
      if (named != result_.assertions.end()) continue;
      // It was not asked: on a source that this drill does not restore, or that failed before.
      AssertionOutcome outcome;
      outcome.name = assertion.name;
      outcome.source = assertion.on;
      outcome.result = AssertionResult::error;
      outcome.detail = "the source " + assertion.on + " was not restored";
      outcome.expected = drill::expected_text(assertion);
      result_.assertions.push_back(outcome);
    }
    drill::Measured& measured = result_.measured;
    milliseconds restoring{0};
    for (const drill::SourceResult& source : result_.sources) {
      measured.read_bytes += source.read_bytes;
      measured.rows += source.rows;
      restoring += source.restore_took;
    }
    if (restoring.count() > 0) {
      measured.bytes_per_second =
          measured.read_bytes * 1000 / static_cast<std::uint64_t>(restoring.count());
    }
    if (result_.error) return;  // what did not come back says nothing of time and loss
    measured.rta = last_asserted();
    const Instant until = pick.told.newest ? result_.declared : pick.record->link.started;
    Instant worst = Instant::max();
    for (const auto& summary : pick.record->body->sources) {
      if (std::ranges::find(pick.sources, summary.name) == pick.sources.end()) continue;
      const auto beat = beats_.find(summary.name);
      const Instant newest = beat == beats_.end() ? summary.at : beat->second;
      if (newest >= worst) continue;
      worst = newest;
      measured.rpa_by = beat == beats_.end() ? drill::RpaBy::manifest : drill::RpaBy::heartbeat;
    }
    measured.rpa = std::max(milliseconds(0), until - std::min(until, worst));
  }

  [[nodiscard]] std::optional<milliseconds> last_asserted() const {
    std::optional<milliseconds> last;
    for (const drill::Phase& each : result_.phases) {
      if (each.name == "assert") last = each.start + each.took;
    }
    return last;
  }

  void note_untested(const vault::SnapshotRecord& record, const std::vector<std::string>& tested) {
    for (const auto& source : record.body->sources) {
      if (std::ranges::find(tested, source.name) == tested.end()) {
        result_.not_tested.push_back("source " + source.name +
                                     (source.holds_data()
                                          ? ": in the snapshot, not in this drill"
                                          : ": of a cache there is an inventory alone"));
      } else if (!source.not_carried.empty()) {
        result_.not_tested.push_back(std::to_string(source.not_carried.size()) + " items of " +
                                     source.name + " that the snapshot does not carry");
      }
    }
  }

  const Ground& ground_;
  const Scenario& scenario_;
  const DrillRequest& request_;
  std::stop_token stop_;
  steady_clock::time_point begun_;
  steady_clock::time_point deadline_;
  milliseconds since_{0};
  std::size_t left_ = 0;  // sources that are still to be asked
  std::vector<AssertionOutcome> asked_;
  std::map<std::string, Instant> beats_;  // the newest fact of a source that tells it
  drill::Result result_;
};

/// A given database holds what was restored until somebody wipes it.
std::vector<drill::Leak> wipe_given(const Ground& ground, const std::string& reference,
                                    const std::stop_token& stop) {
  if (reference.empty()) return {};
  try {
    postgres::open_given_scratch({.url = ground.resolve(reference)}, stop)->close();
    return {};
  } catch (const Error& error) {
    return {{"a restored copy", reference + ": " + error.message()}};
  }
}

}  // namespace

void require_safe_ground(const Ground& ground, const Scenario& scenario,
                         const std::stop_token& stop) {
  vault::require_right_clock(vault::list_claims(ground.vault), ground.clock.now());
  require_no_production(ground, scenario, stop);
}

drill::Result run_drill(const Ground& ground, const DrillRequest& request,
                        const std::stop_token& stop) {
  return Run(ground, request, stop).go();
}

void close_run(const Ground& ground, const drill::Result& result) {
  if (result.leaks.empty()) Ledger(ground.state_folder).close(result.run);
}

vault::Link record_result(const vault::Vault& vault, const drill::Result& result) {
  return vault::append_json_record(vault, vault::RecordKind::drill, drill::to_json(result),
                                   result.declared, result.finished);
}

std::vector<drill::Result> reap_left_runs(const Ground& ground, const std::stop_token& stop) {
  std::vector<drill::Result> results;
  for (const Intent& intent : Ledger(ground.state_folder).left()) {
    drill::Result result;
    result.drill = intent.drill;
    result.title = intent.title;
    result.run = intent.run;
    result.trigger = intent.trigger;
    result.due = intent.due;
    result.declared = intent.declared;
    result.scenario_sha256 = intent.scenario_sha256;
    result.leaks = clear_scratch_home(intent.scratch_home);
    std::ranges::move(wipe_given(ground, intent.scratch_reference, stop),
                      std::back_inserter(result.leaks));
    result.error = drill::DrillError{std::string(name_of(ErrorKind::cancelled)),
                                     "its process vanished before it ended", ""};
    result.finished = ground.clock.now();
    result.verdict = drill::Verdict::aborted;
    result.summary = drill::summary_of(result);
    result.host = host_name();
    result.program = ground.program;
    results.push_back(std::move(result));
  }
  return results;
}

void forget_intent(const Ground& ground, const std::string& run) {
  Ledger(ground.state_folder).close(run);
}

std::string run_name(const std::string& drill, const std::optional<Instant>& due,
                     Instant declared) {
  if (due) return drill + "-" + drill::due_text(*due);
  std::string seconds = to_rfc3339(declared).substr(17, 2);
  std::string minute = drill::due_text(declared);
  minute.insert(minute.size() - 1, seconds);
  return drill + "-" + minute + "h";
}

std::string host_name() {
  std::array<char, 256> name{};
  if (const char* dyno = std::getenv("DYNO"); dyno != nullptr) return dyno;  // NOLINT
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

}  // namespace lifeboat::rehearse
