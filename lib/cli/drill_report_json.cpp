#include "cli/drill_report.h"

namespace lifeboat::cli {
namespace {

/// The result as its record holds it: docs/format/drill.md says what its fields mean.
Json run_json(const report::Run& run) {
  return {{"record", run.record}, {"result", Json::parse(drill::to_json(run.result))}};
}

Json drill_json(const report::DrillLine& line) {
  return {{"drill", line.drill},
          {"verdict", name_of(line.newest.result.verdict)},
          {"declared", to_json(line.newest.result.declared)},
          {"record", line.newest.record},
          {"runs_passed", line.passed},
          {"runs_due", line.due}};
}

Json forecast_json(const std::optional<drill::Forecast>& forecast) {
  if (!forecast) return nullptr;
  return {{"when", to_json(forecast->when)},
          {"margin_ms", std::chrono::milliseconds(forecast->margin).count()}};
}

Json coverage_json(const report::Coverage& row, const std::vector<report::DrillLine>& drills) {
  Json by_drill = Json::array();
  for (std::size_t i = 0; i < drills.size(); ++i) {
    const auto& verified = row.verified[i];
    by_drill.push_back({{"drill", drills[i].drill},
                        {"verified_at", verified ? to_json(*verified) : Json(nullptr)}});
  }
  const auto newest = row.newest();
  const auto proven = row.proven();
  return {{"source", row.source.name},
          {"kind", row.source.kind},
          {"holds_data", row.source.holds_data},
          {"proven_at", proven ? to_json(*proven) : Json(nullptr)},
          {"verified_at", newest ? to_json(*newest) : Json(nullptr)},
          {"by_drill", by_drill}};
}

}  // namespace

Json drill_report_json(const report::DrillReport& report) {
  Json runs = Json::array();
  for (auto run = report.runs.rbegin(); run != report.runs.rend(); ++run) {
    runs.push_back(run_json(*run));
  }
  Json drills = Json::array();
  for (const auto& line : report.drills) drills.push_back(drill_json(line));
  Json coverage = Json::array();
  for (const auto& row : report.coverage) coverage.push_back(coverage_json(row, report.drills));
  return {{"vault", report.vault},
          {"made_at", to_json(report.made_at)},
          {"drill", report.drill},
          {"verdict", name_of(report.newest().result.verdict)},
          {"sentence", report::verdict_sentence(report.newest().result)},
          {"runs", runs},
          {"drills", drills},
          {"coverage", coverage},
          {"forecast", forecast_json(report.forecast)},
          {"not_tested", report.not_tested},
          {"differences", report.differences}};
}

}  // namespace lifeboat::cli
