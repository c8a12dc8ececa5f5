#include "cli/now_report.h"

namespace lifeboat::cli {
namespace {

Json ms_or_null(const std::optional<std::chrono::seconds>& duration) {
  return duration ? Json(std::chrono::milliseconds(*duration).count()) : Json(nullptr);
}

Json time_or_null(const std::optional<Instant>& instant) {
  return instant ? to_json(*instant) : Json(nullptr);
}

Json source_json(const SourceStanding& source) {
  return {{"name", source.name},
          {"kind", source.kind},
          {"configured", source.configured},
          {"holds_data", source.holds_data},
          {"snapshot", source.snapshot.empty() ? Json(nullptr) : Json(source.snapshot)},
          {"data_at", time_or_null(source.at)},
          {"equal", or_null(source.equal)},
          {"proven_at", time_or_null(source.proven_at)},
          {"losses", source.losses},
          {"rpo_ms", ms_or_null(source.rpo)},
          {"rto_ms", ms_or_null(source.rto)}};
}

Json drill_json(const drill::Result& run) {
  return {{"drill", run.drill},
          {"declared", to_json(run.declared)},
          {"verdict", name_of(run.verdict)},
          {"rta_ms", run.measured.rta ? Json(run.measured.rta->count()) : Json(nullptr)},
          {"rpa_ms", run.measured.rpa ? Json(run.measured.rpa->count()) : Json(nullptr)}};
}

Json silence_json(const std::optional<Silence>& silence) {
  if (!silence) return nullptr;
  return {{"kind", name_of(silence->kind)},
          {"message", silence->message},
          {"hint", silence->hint.empty() ? Json(nullptr) : Json(silence->hint)}};
}

}  // namespace

Json now_report_json(const NowReport& report) {
  const NowFacts& facts = report.facts;
  Json sources = Json::array();
  for (const auto& source : facts.sources) sources.push_back(source_json(source));
  Json drills = Json::array();
  for (const auto& run : facts.drills) drills.push_back(drill_json(run));
  Json runbooks = Json::array();
  for (const auto& runbook : facts.runbooks) runbooks.push_back(runbook.string());
  return {{"standing", name_of(report.standing)},
          {"at", to_json(facts.now)},
          {"vault", facts.vault.empty() ? Json(nullptr) : Json(facts.vault)},
          {"vault_error", silence_json(facts.silence)},
          {"back_to", time_or_null(report.back_to)},
          {"recovery_ms", report.time ? Json(report.time->took.count()) : Json(nullptr)},
          {"recovery_drilled", report.time ? Json(report.time->drilled) : Json(nullptr)},
          {"sources", sources},
          {"drills", drills},
          {"missing", report.missing},
          {"readers", facts.readers},
          {"vault_problems", facts.problems},
          {"runbooks", runbooks}};
}

}  // namespace lifeboat::cli
