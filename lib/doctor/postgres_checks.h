#ifndef LIFEBOAT_DOCTOR_POSTGRES_CHECKS_H_
#define LIFEBOAT_DOCTOR_POSTGRES_CHECKS_H_

#include <optional>
#include <string>
#include <vector>

#include "doctor/check.h"

namespace lifeboat::doctor {

/// The programs of Postgres that lifeboat runs: clients for captures and restores, server programs
/// for a local scratch. Looked for in PATH, then in Debian's /usr/lib/postgresql/*/bin.
[[nodiscard]] std::vector<Check> postgres_checks();

/// "15.20" in "pg_dump (PostgreSQL) 15.20 (Debian 15.20-1)".
[[nodiscard]] std::optional<std::string> version_in(const std::string& version_output);

}  // namespace lifeboat::doctor

#endif  // LIFEBOAT_DOCTOR_POSTGRES_CHECKS_H_
