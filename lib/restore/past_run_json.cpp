#include "restore/past_run_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace lifeboat::restore {
namespace {

/// What a report says of one source. Reports of the first versions were of one source alone.
nlohmann::json part_on(const nlohmann::json& report, const std::string& source) {
  if (!report.is_object()) return {};
  if (report.value("source", "") == source) return report;
  for (const auto& part : report.value("sources", nlohmann::json::array())) {
    if (part.is_object() && part.value("name", "") == source) return part;
  }
  return {};
}

}  // namespace

std::optional<PastRun> past_run_in(const vault::Attestation& attestation,
                                   const std::string& source) {
  const auto& sources = attestation.sources;
  const auto found =
      std::ranges::find_if(sources, [&](const auto& each) { return each.name == source; });
  if (found == sources.end() || found->verdict != vault::Verdict::proven) return std::nullopt;
  const auto report = part_on(nlohmann::json::parse(attestation.report, nullptr, false), source);
  if (!report.is_object()) return std::nullopt;
  const auto took = report.find("restore_ms");
  if (took == report.end() || !took->is_number_integer()) return std::nullopt;
  return PastRun{.attestation = attestation.link.id,
                 .at = attestation.link.finished,
                 .rows = found->rows,
                 .took = std::chrono::milliseconds(took->get<std::int64_t>()),
                 .scratch = report.value("scratch", "")};
}

}  // namespace lifeboat::restore
