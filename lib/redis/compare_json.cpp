#include "redis/compare_json.h"

#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/clock.h"

namespace lifeboat::redis {
namespace {

using Json = nlohmann::ordered_json;
using What = KeyDifference::What;

Json expiry_json(std::uint64_t expiry_ms) {
  if (expiry_ms == kNoExpiry) return nullptr;
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

}  // namespace

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

std::string to_json(const CompareReport& compared) {
  Json differences = Json::array();
  for (const KeyDifference& one : compared.differences) differences.push_back(difference_json(one));
  Json expired = Json::array();
  for (const KeyDifference& one : compared.expired_keys) expired.push_back(key_json(one));
  const Json document = {{"equal", compared.proven()},
                         {"at", to_rfc3339(compared.at)},
                         {"keys", compared.keys},
                         {"equal_keys", compared.equal},
                         {"missing", compared.missing},
                         {"extra", compared.extra},
                         {"different_value", compared.different_value},
                         {"different_expiry", compared.different_expiry},
                         {"expired", compared.expired},
                         {"overdue", compared.overdue},
                         {"functions_equal", compared.functions_equal},
                         {"still", compared.still},
                         {"passes", compared.passes},
                         {"differences", differences},
                         {"expired_keys", expired}};
  // Keys can be any bytes; key_hex has all of them.
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace lifeboat::redis
