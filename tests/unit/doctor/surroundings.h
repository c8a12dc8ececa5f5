#ifndef LIFEBOAT_TESTS_UNIT_DOCTOR_SURROUNDINGS_H_
#define LIFEBOAT_TESTS_UNIT_DOCTOR_SURROUNDINGS_H_

#include <map>
#include <string>

#include "base/clock.h"
#include "doctor/check.h"

namespace lifeboat::doctor {

/// A machine as a test wants it: 2026-11-23 03:12 UTC, /tmp, and these variables.
struct FakeSurroundings {
  explicit FakeSurroundings(std::map<std::string, std::string> variables)
      : environment(std::move(variables)) {}

  config::Environment environment;
  FakeClock clock{*parse_instant("2026-11-23T03:12:00Z")};
  Surroundings value{environment, clock, std::nullopt, "/tmp", {}};
};

/// What the check of this id finds.
inline Finding find(const std::vector<Check>& checks, const std::string& id,
                    const Surroundings& surroundings) {
  for (const auto& entry : run_checks(checks, surroundings).entries) {
    if (entry.id == id) return entry.finding;
  }
  return {Level::danger, "no such check: " + id, ""};
}

}  // namespace lifeboat::doctor

#endif  // LIFEBOAT_TESTS_UNIT_DOCTOR_SURROUNDINGS_H_
