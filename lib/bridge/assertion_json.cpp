#include "bridge/assertion_json.h"

#include <nlohmann/json.hpp>

namespace lifeboat::bridge {

std::string to_json(const AssertionVerdict& assertion) {
  using Json = nlohmann::ordered_json;
  const auto or_null = [](const std::optional<std::string>& text) {
    return text ? Json(*text) : Json();
  };
  const Json document = {{"name", assertion.name},
                         {"sql", assertion.sql},
                         {"expected", or_null(assertion.expected)},
                         {"found", or_null(assertion.found)},
                         {"failure", assertion.failure.empty() ? Json() : Json(assertion.failure)},
                         {"equal", assertion.equal()}};
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace lifeboat::bridge
