#ifndef LIFEBOAT_DOCTOR_MACHINE_CHECKS_H_
#define LIFEBOAT_DOCTOR_MACHINE_CHECKS_H_

#include <functional>
#include <vector>

#include "doctor/check.h"

namespace lifeboat::doctor {

/// The clock, and the directory for temporary files: writable, and room in it.
[[nodiscard]] std::vector<Check> machine_checks();

/// Whether the cryptography library can be used: `initialize` throws if not.
[[nodiscard]] Check crypto_check(std::function<void()> initialize);

}  // namespace lifeboat::doctor

#endif  // LIFEBOAT_DOCTOR_MACHINE_CHECKS_H_
