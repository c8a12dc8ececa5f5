#ifndef LIFEBOAT_NOTIFY_JSON_TEXT_H_
#define LIFEBOAT_NOTIFY_JSON_TEXT_H_

#include <cmath>
#include <string>
#include <vector>

#include "notify/event.h"

namespace lifeboat::notify {

/// Private to the *_json.cpp files of this module. One line; what is not UTF-8 becomes U+FFFD: a
/// name in a database must not cost anybody the message.
template <typename Json>
[[nodiscard]] std::string json_text(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// A whole number without a point; null for what is no number.
template <typename Json>
[[nodiscard]] Json number_json(double value) {
  constexpr double kExact = 9007199254740992.0;  // 2^53: above it a double is no count
  if (!std::isfinite(value)) return nullptr;
  if (std::abs(value) < kExact && value == std::floor(value)) {
    return static_cast<long long>(value);
  }
  return value;
}

template <typename Json>
[[nodiscard]] Json figures_json(const std::vector<Figure>& figures) {
  Json object = Json::object();
  for (const Figure& figure : figures) object[figure.name] = number_json<Json>(figure.value);
  return object;
}

}  // namespace lifeboat::notify

#endif  // LIFEBOAT_NOTIFY_JSON_TEXT_H_
