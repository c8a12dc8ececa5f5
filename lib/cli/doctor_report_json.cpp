#include "cli/doctor_report.h"

namespace lifeboat::cli {

Json doctor_report_json(const doctor::Report& report) {
  Json checks = Json::array();
  for (const auto& entry : report.entries) {
    const doctor::Finding& finding = entry.finding;
    checks.push_back({{"id", entry.id},
                      {"title", entry.title},
                      {"level", doctor::name_of(finding.level)},
                      {"what", finding.what},
                      {"hint", finding.hint.empty() ? Json(nullptr) : Json(finding.hint)}});
  }
  return {{"verdict", doctor::name_of(report.worst())}, {"checks", checks}};
}

}  // namespace lifeboat::cli
