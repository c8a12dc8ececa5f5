#include "base/units.h"
#include "cli/drill_files.h"
#include "cli/drill_text.h"
#include "cli/drill_verbs.h"
#include "cli/text_table.h"
#include "cli/vault_access.h"
#include "drill/logbook.h"

namespace lifeboat::cli {
namespace {

constexpr int kUsualRows = 20;

struct HistoryOptions {
  std::string drill;
  std::optional<int> last;
};

void declare_history(OptionSet& set, HistoryOptions& options) {
  set.argument("NAME", options.drill, Presence::optional, "one drill (default: all)");
  set.number("last", options.last, 1, "N", "so many results (default: 20)");
  declare_vault_options(set);
}

std::string of_limit(const std::optional<std::chrono::milliseconds>& value,
                     const std::optional<std::chrono::milliseconds>& limit) {
  if (!value) return "–";
  return human_duration(*value) + (limit ? " of " + human_duration(*limit) : "");
}

Json forecast_json(const std::optional<drill::Forecast>& forecast) {
  if (!forecast) return nullptr;
  return {{"when", to_json(forecast->when)},
          {"margin_ms", std::chrono::milliseconds(forecast->margin).count()},
          {"bytes_per_day", forecast->bytes_per_day},
          {"points", forecast->points}};
}

ExitCode run_history(const HistoryOptions& options, Session& session) {
  const auto open = open_vault(session, reading_roles());
  const auto logbook = drill::logbook_of(vault::read_history(*open.vault));
  const auto most = static_cast<std::size_t>(options.last.value_or(kUsualRows));
  TextTable table({Align::left, Align::left, Align::left, Align::left, Align::left});
  Json results = Json::array();
  for (const drill::LoggedResult& logged : logbook.results) {
    const drill::Result& result = logged.result;
    if (!options.drill.empty() && result.drill != options.drill) continue;
    if (results.size() == most) break;
    table.add({to_minute(result.declared), result.drill,
               verdict_text(result.verdict, session.paint()),
               of_limit(result.measured.rta, result.objectives.rto),
               of_limit(result.measured.rpa, result.objectives.rpo)});
    results.push_back(Json::parse(drill::to_json(result)));
    results.back()["record"] = logged.record;
  }
  Json drills = Json::array();
  std::string forecasts;
  for (const std::string& name : logbook.drills()) {
    if (!options.drill.empty() && name != options.drill) continue;
    const auto its = logbook.of(name);
    const auto forecast = drill::forecast_rto(its);
    drills.push_back({{"name", name},
                      {"runs", its.size()},
                      {"last_verdict", name_of(its.front()->verdict)},
                      {"forecast", forecast_json(forecast)}});
    if (forecast) forecasts += name + ": RTO missed about " + to_text(*forecast) + "\n";
  }
  std::string text = results.empty() ? "no drill is on record\n" : table.text() + forecasts;
  for (const std::string& record : logbook.unreadable) text += "cannot be read: " + record + "\n";
  session.print(text,
                {{"results", results}, {"drills", drills}, {"unreadable", logbook.unreadable}});
  return ExitCode::done;
}

struct GateOptions {
  std::optional<std::string> drills;
  std::optional<std::chrono::seconds> proof_age;
};

void declare_gate(OptionSet& set, GateOptions& options) {
  set.value("drills", options.drills, "DIR",
            "the folder of the drills' files (default: ./drills, else those that are installed)");
  set.duration("proof-age", options.proof_age, "AGE",
               "how old the newest proof may be (default: 8d)");
  declare_vault_options(set);
}

ExitCode run_gate(const GateOptions& options, Session& session) {
  drill::GateRequest request;
  if (options.proof_age) request.proof_age = *options.proof_age;
  for (const auto& file : drill_files_in(drills_folder(session, options.drills))) {
    const DrillFile drill = load_drill(file);
    if (drill.schedule) request.drills.push_back(drill.scenario.name);
  }
  const auto open = open_vault(session, reading_roles());
  const auto history = vault::read_history(*open.vault);
  std::optional<Instant> newest_proof;
  for (const auto& attestation : history.attestations) {
    if (attestation.verdict != vault::Verdict::proven) continue;
    newest_proof = attestation.link.finished;
    break;
  }
  const drill::Gate gate =
      drill::judge_gate(drill::logbook_of(history), request, newest_proof, session.clock().now());
  Json findings = Json::array();
  std::string text;
  for (const drill::GateFinding& finding : gate.findings) {
    findings.push_back(
        {{"drill", finding.drill.empty() ? Json() : Json(finding.drill)}, {"what", finding.what}});
    text += wrap((finding.drill.empty() ? "" : finding.drill + ": ") + finding.what, kColumns, 2) +
            "\n";
  }
  const bool open_gate = gate.findings.empty();
  text = (open_gate ? session.paint().ok("OPEN") : session.paint().danger("CLOSED")) + "   " +
         std::to_string(gate.passed) + " of " + std::to_string(gate.due) +
         " due drills passed in 90 days\n" + text;
  session.print(text, {{"open", open_gate},
                       {"findings", findings},
                       {"runs_due", gate.due},
                       {"runs_passed", gate.passed},
                       {"newest_proof", newest_proof ? to_json(*newest_proof) : Json()}});
  return open_gate ? ExitCode::done : ExitCode::findings;
}

const std::vector<std::string_view> kVariables = {"LIFEBOAT_VAULT", "LIFEBOAT_IDENTITY",
                                                  "LIFEBOAT_VIEWER", "LIFEBOAT_OPERATOR",
                                                  "LIFEBOAT_PRUNER"};

}  // namespace

Verb drill_history_verb() {
  return {{.name = "history",
           .summary = "List what drills measured, out of the vault's records.",
           .synopsis = "[OPTION]... [NAME]",
           .details = "Newest first. Where the data grows it tells about when the RTO will be "
                      "missed.",
           .examples = {{"lifeboat drill history", "the last 20"},
                        {"lifeboat drill history weekly-restore --json", "one drill"}},
           .exit_codes = {ExitCode::denied, ExitCode::unavailable, ExitCode::stale},
           .environment = kVariables},
          prepare<HistoryOptions>(declare_history, run_history)};
}

Verb drill_gate_verb() {
  auto variables = kVariables;
  variables.emplace_back("LIFEBOAT_DRILLS");
  return {{.name = "gate",
           .summary = "Say whether the drills allow to go on, for CI: exit code 0 or 3.",
           .synopsis = "[OPTION]...",
           .details = "Closed if a scheduled drill was never run or did not pass last, the newest "
                      "proof is too old, less than 95 % of the due drills of 90 days passed, or an "
                      "RTO will be missed within 90 days.",
           .examples = {{"lifeboat drill gate", "before a release"},
                        {"lifeboat drill gate --proof-age 2d --json", "stricter"}},
           .exit_codes = {ExitCode::findings, ExitCode::not_found, ExitCode::denied,
                          ExitCode::unavailable, ExitCode::stale},
           .environment = variables},
          prepare<GateOptions>(declare_gate, run_gate)};
}

}  // namespace lifeboat::cli
