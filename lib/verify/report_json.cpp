#include "verify/report_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "bridge/assertion_json.h"

namespace lifeboat::verify {
namespace {

using Json = nlohmann::ordered_json;

std::string_view name_of(RowDifference::Example::Kind kind) {
  switch (kind) {
    case RowDifference::Example::Kind::missing:
      return "missing";
    case RowDifference::Example::Kind::extra:
      return "extra";
    case RowDifference::Example::Kind::changed:
      return "changed";
  }
  return "changed";
}

std::string_view name_of(Severity severity) {
  return severity == Severity::loss ? "loss" : "harmless";
}

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json json_of(const std::optional<RowDifference>& difference) {
  if (!difference) return {};
  Json examples = Json::array();
  for (const auto& example : difference->examples) {
    examples.push_back({{"kind", name_of(example.kind)},
                        {"key", example.key},
                        {"column", text_or_null(example.column)},
                        {"expected", text_or_null(example.expected)},
                        {"found", text_or_null(example.found)}});
  }
  return {{"missing", difference->missing},   {"extra", difference->extra},
          {"changed", difference->changed},   {"columns", difference->columns},
          {"complete", difference->complete}, {"examples", examples}};
}

Json json_of(const TableVerdict& table) {
  return {{"name", table.name},
          {"rows", table.rows},
          {"restored_rows", table.restored_rows},
          {"sum", table.sum},
          {"restored_sum", table.restored_sum},
          {"equal", table.equal},
          {"difference", json_of(table.difference)}};
}

}  // namespace

std::string to_json(const Report& report) {
  Json tables = Json::array();
  for (const TableVerdict& table : report.tables) tables.push_back(json_of(table));
  Json assertions = Json::array();
  for (const auto& assertion : report.assertions) {
    assertions.push_back(Json::parse(bridge::to_json(assertion)));
  }
  Json findings = Json::array();
  for (const Finding& finding : report.findings) {
    findings.push_back({{"what", finding.what}, {"severity", name_of(finding.severity)}});
  }
  Json not_carried = Json::array();
  for (const NotCarried& item : report.not_carried) {
    not_carried.push_back(
        {{"object", item.object}, {"reason", item.reason}, {"severity", name_of(item.severity)}});
  }
  Json phases = Json::array();
  for (const auto& phase : report.phases) {
    phases.push_back({{"name", phase.name}, {"took_ms", std::llround(phase.seconds * 1000)}});
  }
  const Json document = {
      {"snapshot", report.snapshot.hex()},
      {"source", report.source},
      {"verdict", vault::name_of(report.verdict)},
      {"scratch", report.scratch},
      {"tables", tables},
      {"large_objects", report.large_objects ? json_of(*report.large_objects) : Json()},
      {"rows", report.rows()},
      {"schema_items", report.schema_items},
      {"sequences", report.sequences},
      {"invalid_indexes", report.invalid_indexes},
      {"indexes_checked", report.indexes_checked ? Json(*report.indexes_checked) : Json()},
      {"assertions", assertions},
      {"findings", findings},
      {"not_carried", not_carried},
      {"restore_ms", report.restore_took.count()},
      {"compare_ms", report.compare_took.count()},
      {"phases", phases},
      {"finished", to_rfc3339(report.finished)},
      {"attestation", report.attestation.is_zero() ? Json() : Json(report.attestation.hex())},
  };
  // Row examples may hold bytes that are no UTF-8 (SQL_ASCII sources).
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace lifeboat::verify
