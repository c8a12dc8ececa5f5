#ifndef LIFEBOAT_REDIS_COMPARE_JSON_H_
#define LIFEBOAT_REDIS_COMPARE_JSON_H_

#include <string>
#include <string_view>

#include "redis/compare.h"

namespace lifeboat::redis {

/// "missing", "extra", "value", "expiry", "expired".
[[nodiscard]] std::string_view name_of(KeyDifference::What what);

/// The object that docs/json-output.md calls a comparison: what commands print and what an
/// attestation keeps.
[[nodiscard]] std::string to_json(const CompareReport& compared);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_COMPARE_JSON_H_
