#ifndef LIFEBOAT_BRIDGE_ASSERTION_JSON_H_
#define LIFEBOAT_BRIDGE_ASSERTION_JSON_H_

#include <string>

#include "bridge/assertion_check.h"

namespace lifeboat::bridge {

/// As docs/json-output.md has it. Bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string to_json(const AssertionVerdict& assertion);

}  // namespace lifeboat::bridge

#endif  // LIFEBOAT_BRIDGE_ASSERTION_JSON_H_
