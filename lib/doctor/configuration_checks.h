#ifndef LIFEBOAT_DOCTOR_CONFIGURATION_CHECKS_H_
#define LIFEBOAT_DOCTOR_CONFIGURATION_CHECKS_H_

#include <vector>

#include "doctor/check.h"

namespace lifeboat::doctor {

/// lifeboat.toml parses, what it refers to is there, credentials are of the right role, and writer
/// and identity are kept apart. Secrets are looked at, never shown.
[[nodiscard]] std::vector<Check> configuration_checks();

}  // namespace lifeboat::doctor

#endif  // LIFEBOAT_DOCTOR_CONFIGURATION_CHECKS_H_
