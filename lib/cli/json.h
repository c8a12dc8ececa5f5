#ifndef LIFEBOAT_CLI_JSON_H_
#define LIFEBOAT_CLI_JSON_H_

#include <nlohmann/json.hpp>
#include <optional>

#include "base/clock.h"
#include "base/not_carried.h"

namespace lifeboat::cli {

/// What the tools print with --json: fields keep the order in which they were added.
using Json = nlohmann::ordered_json;

/// Absent = null: docs/json-output.md.
template <typename T>
[[nodiscard]] Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

[[nodiscard]] inline Json to_json(Instant instant) { return to_rfc3339(instant); }
[[nodiscard]] Json to_json(const NotCarried& omission);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_JSON_H_
