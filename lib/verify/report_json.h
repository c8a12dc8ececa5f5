#ifndef LIFEBOAT_VERIFY_REPORT_JSON_H_
#define LIFEBOAT_VERIFY_REPORT_JSON_H_

#include <string>

#include "verify/verify.h"

namespace lifeboat::verify {

/// The whole report as one JSON object: what an attestation keeps and `verify --json` prints
/// (docs/json-output.md). Values of rows stand in it only as examples of what differs.
[[nodiscard]] std::string to_json(const Report& report);

}  // namespace lifeboat::verify

#endif  // LIFEBOAT_VERIFY_REPORT_JSON_H_
