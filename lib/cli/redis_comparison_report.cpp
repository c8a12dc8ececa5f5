#include "cli/redis_comparison_report.h"

#include "base/units.h"
#include "redis/key_text.h"

namespace lifeboat::cli {
namespace {

using redis::KeyDifference;
using What = KeyDifference::What;

std::string_view name_of(What what) {
  switch (what) {
    case What::missing:
      return "missing";
    case What::extra:
      return "extra";
    case What::value:
      return "value";
    case What::expiry:
      return "expiry";
    case What::expired:
      return "expired";
  }
  return "value";
}

Json expiry_json(std::uint64_t expiry_ms) {
  if (expiry_ms == redis::kNoExpiry) return nullptr;
  return to_json(Instant(std::chrono::milliseconds(expiry_ms)));
}

std::string expiry_text(std::uint64_t expiry_ms) {
  if (expiry_ms == redis::kNoExpiry) return "never";
  return to_rfc3339(Instant(std::chrono::milliseconds(expiry_ms)));
}

Json key_json(const KeyDifference& one) {
  return {{"database", one.database},
          {"key", one.key},
          {"key_hex", to_hex(as_bytes(one.key))},
          {"expires", expiry_json(one.expected_expiry_ms)}};
}

Json difference_json(const KeyDifference& one) {
  Json json = {{"what", name_of(one.what)}};
  json.update(key_json(one));
  json["found_expires"] = expiry_json(one.found_expiry_ms);
  return json;
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
  Json differences = Json::array();
  for (const KeyDifference& one : compared.differences) differences.push_back(difference_json(one));
  Json expired = Json::array();
  for (const KeyDifference& one : compared.expired_keys) expired.push_back(key_json(one));
  return {{"equal", compared.proven()},
          {"at", to_json(compared.at)},
          {"keys", compared.keys},
          {"equal_keys", compared.equal},
          {"missing", compared.missing},
          {"extra", compared.extra},
          {"different_value", compared.different_value},
          {"different_expiry", compared.different_expiry},
          {"expired", compared.expired},
          {"functions_equal", compared.functions_equal},
          {"still", compared.still},
          {"passes", compared.passes},
          {"differences", differences},
          {"expired_keys", expired}};
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
