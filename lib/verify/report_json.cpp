#include "verify/report_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "bridge/assertion_json.h"
#include "bridge/postgres_streams.h"
#include "bridge/redis_streams.h"

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

/// What stands on every source, whatever its kind.
Json json_of(const SourceProof& proof, std::string_view kind) {
  Json findings = Json::array();
  for (const Finding& finding : proof.findings) {
    findings.push_back({{"what", finding.what}, {"severity", name_of(finding.severity)}});
  }
  Json not_carried = Json::array();
  for (const NotCarried& item : proof.not_carried) {
    not_carried.push_back(
        {{"object", item.object}, {"reason", item.reason}, {"severity", name_of(item.severity)}});
  }
  return {{"name", proof.source},
          {"kind", kind},
          {"verdict", vault::name_of(proof.verdict)},
          {"scratch", proof.scratch},
          {"findings", findings},
          {"not_carried", not_carried},
          {"restore_ms", proof.restore_took.count()},
          {"compare_ms", proof.compare_took.count()}};
}

Json json_of(const PostgresProof& proof) {
  Json assertions = Json::array();
  for (const auto& assertion : proof.assertions) {
    assertions.push_back(Json::parse(bridge::to_json(assertion)));
  }
  Json phases = Json::array();
  for (const auto& phase : proof.phases) {
    phases.push_back({{"name", phase.name}, {"took_ms", std::llround(phase.seconds * 1000)}});
  }
  Json document = json_of(proof, bridge::kPostgresKind);
  document["tables"] = proof.tables.size();
  document["equal_tables"] = proof.equal_tables();
  document["rows"] = proof.rows();
  document["large_objects"] = proof.large_objects ? json_of(*proof.large_objects) : Json();
  document["schema_items"] = proof.schema_items;
  document["sequences"] = proof.sequences;
  document["invalid_indexes"] = proof.invalid_indexes;
  document["indexes_checked"] = proof.indexes_checked ? Json(*proof.indexes_checked) : Json();
  document["assertions"] = assertions;
  document["phases"] = phases;
  return document;
}

std::string_view name_of(redis::KeyDifference::What what) {
  switch (what) {
    case redis::KeyDifference::What::missing:
      return "missing";
    case redis::KeyDifference::What::extra:
      return "extra";
    case redis::KeyDifference::What::value:
      return "value";
    case redis::KeyDifference::What::expiry:
      return "expiry";
  }
  return "value";
}

Json json_of(const RedisProof& proof) {
  const redis::CompareReport& compared = proof.compared;
  Json differences = Json::array();
  for (const redis::KeyDifference& difference : compared.differences) {
    differences.push_back({{"what", name_of(difference.what)},
                           {"database", difference.database},
                           {"key", difference.key}});
  }
  Json document = json_of(proof, bridge::kRedisKind);
  document["guarantee"] = proof.guarantee;
  document["keys"] = compared.keys;
  document["equal_keys"] = compared.equal;
  document["missing"] = compared.missing;
  document["extra"] = compared.extra;
  document["different_value"] = compared.different_value;
  document["different_expiry"] = compared.different_expiry;
  document["overdue"] = compared.overdue;
  document["functions_equal"] = compared.functions_equal;
  document["refused"] = proof.refused;
  document["evicted"] = proof.evicted;
  document["differences"] = differences;
  return document;
}

}  // namespace

std::string to_json(const Report& report) {
  Json sources = Json::array();
  Json tables = Json::array();
  for (const PostgresProof& proof : report.postgres) {
    sources.push_back(json_of(proof));
    for (const TableVerdict& table : proof.tables) {
      tables.push_back({{"source", proof.source}});
      tables.back().update(json_of(table));
    }
  }
  for (const RedisProof& proof : report.redis) sources.push_back(json_of(proof));
  Json failures = Json::array();
  for (const Failure& failure : report.failures) {
    failures.push_back({{"source", failure.source},
                        {"kind", lifeboat::name_of(failure.kind)},
                        {"message", failure.message},
                        {"hint", text_or_null(failure.hint)}});
  }
  const Json document = {
      {"snapshot", report.snapshot.hex()},
      {"verdict", vault::name_of(report.verdict)},
      {"sources", sources},
      {"tables", tables},
      {"failures", failures},
      {"finished", to_rfc3339(report.finished)},
      {"attestation", report.attestation.is_zero() ? Json() : Json(report.attestation.hex())},
  };
  // Row examples and keys may hold bytes that are no UTF-8.
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace lifeboat::verify
