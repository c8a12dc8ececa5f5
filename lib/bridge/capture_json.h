#ifndef LIFEBOAT_BRIDGE_CAPTURE_JSON_H_
#define LIFEBOAT_BRIDGE_CAPTURE_JSON_H_

#include <string>
#include <string_view>

#include "postgres/capture.h"

namespace lifeboat::bridge {

/// The document capture.json: who was captured, when, with which tools, and the server's own
/// witnesses of the moment. Without the catalogue and the DDL, which have documents of their own.
[[nodiscard]] std::string to_json(const postgres::Capture& capture);

/// The identity in a capture.json. Throws Error(corrupt) if it has none.
[[nodiscard]] postgres::Identity identity_from_capture_json(std::string_view json);

}  // namespace lifeboat::bridge

#endif  // LIFEBOAT_BRIDGE_CAPTURE_JSON_H_
