#include "restore/past_run_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace lifeboat::restore {

std::optional<PastRun> past_run_in(const vault::Attestation& attestation,
                                   const std::string& source) {
  const auto& sources = attestation.sources;
  const auto found =
      std::ranges::find_if(sources, [&](const auto& each) { return each.name == source; });
  if (found == sources.end() || found->verdict != vault::Verdict::proven) return std::nullopt;
  const auto report = nlohmann::json::parse(attestation.report, nullptr, false);
  if (!report.is_object() || report.value("source", "") != source) return std::nullopt;
  const auto took = report.find("restore_ms");
  if (took == report.end() || !took->is_number_integer()) return std::nullopt;
  return PastRun{.attestation = attestation.link.id,
                 .at = attestation.link.finished,
                 .rows = found->rows,
                 .took = std::chrono::milliseconds(took->get<std::int64_t>()),
                 .scratch = report.value("scratch", "")};
}

}  // namespace lifeboat::restore
