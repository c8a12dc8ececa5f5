#include <cmath>

#include "bridge/assertion_json.h"
#include "cli/freshness.h"
#include "cli/job_report.h"
#include "postgres/catalogue_json.h"
#include "verify/report_json.h"

namespace lifeboat::cli {
namespace {

Json omissions_json(const std::vector<NotCarried>& items) {
  Json list = Json::array();
  for (const NotCarried& item : items) list.push_back(to_json(item));
  return list;
}

Json assertions_json(const restore::Report& report) {
  if (!report.assertions) return nullptr;
  Json list = Json::array();
  for (const auto& assertion : *report.assertions) {
    list.push_back(Json::parse(bridge::to_json(assertion)));
  };
  return list;
}

Json long_rows_json(const std::vector<postgres::LongRows>& found) {
  Json list = Json::array();
  for (const postgres::LongRows& table : found) {
    list.push_back({{"table", table.table},
                    {"rows", table.rows},
                    {"longest_bytes", table.longest_bytes},
                    {"sampled", table.sampled}});
  }
  return list;
}

}  // namespace

Json snapshot_report_json(const snapshot::Report& report,
                          const SnapshotSurroundings& surroundings) {
  Json sources = Json::array();
  std::vector<NotCarried> not_carried;
  for (const auto& source : report.sources) {
    const auto& summary = source.summary;
    not_carried.insert(not_carried.end(), summary.not_carried.begin(), summary.not_carried.end());
    sources.push_back({{"name", source.name},
                       {"kind", summary.kind},
                       {"version", summary.version},
                       {"guarantee", summary.guarantee},
                       {"at", to_json(summary.at)},
                       {"tables", summary.tables},
                       {"rows", summary.rows},
                       {"read_bytes", summary.read_bytes},
                       {"took_ms", source.took.count()},
                       {"connections", source.connections},
                       {"long_rows", long_rows_json(source.long_rows)},
                       {"not_carried", omissions_json(summary.not_carried)}});
  }
  Json failures = Json::array();
  for (const auto& failure : report.failures) {
    failures.push_back({{"source", failure.source},
                        {"kind", lifeboat::name_of(failure.kind)},
                        {"message", failure.message}});
  }
  return {{"snapshot", report.id.hex()},
          {"seq", report.seq},
          {"finished", to_json(report.finished)},
          {"complete", report.failures.empty()},
          {"stored_bytes", report.stored_bytes},
          {"resumed_bytes", report.resumed_bytes},
          {"sources", sources},
          {"not_carried", omissions_json(not_carried)},
          {"failures", failures},
          {"copies", copies_json(surroundings.copies)},
          {"heads", heads_json(report.heads)},
          {"protection", name_of(surroundings.protection)},
          {"separation", surroundings.separation}};
}

Json restore_plan_json(const restore::Plan& plan) {
  const auto& load = plan.load;
  const auto past = [&] {
    if (!plan.past) return Json();
    return Json{{"attestation", plan.past->attestation.hex()},
                {"at", to_json(plan.past->at)},
                {"rows", plan.past->rows},
                {"restore_ms", plan.past->took.count()},
                {"scratch", plan.past->scratch}};
  };
  return {{"snapshot", plan.snapshot.hex()},
          {"source", plan.source},
          {"at", to_json(plan.at)},
          {"target", Json::parse(postgres::to_json(load.target.identity))},
          {"target_objects", load.target.user_objects},
          {"target_tables", load.target.user_tables},
          {"goes_on", load.goes_on},
          {"tables", load.tables},
          {"rows", plan.rows},
          {"copy_bytes", load.copy_bytes},
          {"indexes", load.indexes},
          {"constraints", load.constraints},
          {"materialized_views", load.materialized_views},
          {"large_objects", load.large_objects},
          {"other_objects", load.other_objects},
          {"estimate_ms", plan.estimate ? Json(plan.estimate->count()) : Json()},
          {"past", past()},
          {"not_carried", omissions_json(plan.not_carried)},
          {"not_restored", omissions_json(load.left_out)}};
}

Json restore_report_json(const restore::Report& report) {
  Json phases = Json::array();
  for (const auto& phase : report.load.phases) {
    phases.push_back({{"name", phase.name}, {"took_ms", std::llround(phase.seconds * 1000)}});
  }
  return {{"snapshot", report.snapshot.hex()},
          {"source", report.source},
          {"at", to_json(report.at)},
          {"target", Json::parse(postgres::to_json(report.load.target))},
          {"into_schema", report.into_schema ? Json(*report.into_schema) : Json()},
          {"tables", report.tables},
          {"rows", report.load.rows},
          {"copy_bytes", report.load.copy_bytes},
          {"indexes", report.load.indexes},
          {"constraints", report.load.constraints},
          {"not_carried", omissions_json(report.not_carried)},
          {"not_restored", omissions_json(report.load.not_restored)},
          {"assertions", assertions_json(report)},
          {"steps_done_before", report.load.steps_done_before},
          {"took_ms", report.took.count()},
          {"phases", phases}};
}

Json verify_report_json(const verify::Report& report) {
  Json document = Json::parse(verify::to_json(report));
  document["heads"] = heads_json(report.heads);
  return document;
}

}  // namespace lifeboat::cli
