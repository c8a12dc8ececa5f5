#include "cli/redis_comparison_report.h"

#include "base/units.h"
#include "redis/compare_json.h"
#include "redis/key_text.h"

namespace lifeboat::cli {
namespace {

using redis::KeyDifference;
using What = KeyDifference::What;

std::string expiry_text(std::uint64_t expiry_ms) {
  if (expiry_ms == redis::kNoExpiry) return "never";
  return to_rfc3339(Instant(std::chrono::milliseconds(expiry_ms)));
}

std::string line_of(const KeyDifference& one) {
  std::string text = "  ";
  text += name_of(one.what);
  text.resize(11, ' ');
  text += redis::shown_key(one.key);
  if (one.database != 0) text += "   database " + std::to_string(one.database);
  if (one.what == What::expiry) {
    text += "   " + expiry_text(one.expected_expiry_ms) + " in the snapshot, " +
            expiry_text(one.found_expiry_ms) + " now";
  }
  if (one.what == What::expired) text += "   " + expiry_text(one.expected_expiry_ms);
  return text + "\n";
}

std::string lines_of(const std::vector<KeyDifference>& named, std::uint64_t all) {
  std::string text;
  for (const KeyDifference& one : named) text += line_of(one);
  if (all > named.size() && !named.empty()) {
    text += "  and " + human_count(all - named.size()) + " more\n";
  }
  return text;
}

}  // namespace

Json redis_comparison_json(const redis::CompareReport& compared) {
  return Json::parse(redis::to_json(compared));
}

std::string differences_text(const redis::CompareReport& compared) {
  return lines_of(compared.differences, compared.missing + compared.extra +
                                            compared.different_value + compared.different_expiry);
}

std::string expired_text(const redis::CompareReport& compared) {
  return lines_of(compared.expired_keys, compared.expired);
}

std::string difference_counts(const redis::CompareReport& compared) {
  return human_count(compared.missing) + " missing, " + human_count(compared.extra) + " extra, " +
         human_count(compared.different_value) + " with another value, " +
         human_count(compared.different_expiry) + " with another expiry";
}

}  // namespace lifeboat::cli
