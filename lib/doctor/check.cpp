#include "doctor/check.h"

#include <algorithm>

#include "base/error.h"

namespace lifeboat::doctor {
namespace {

Finding run_one(const Check& check, const Surroundings& surroundings) {
  try {
    return check.run(surroundings);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::cancelled) throw;
    return {Level::danger, error.message(), error.hint()};
  }
}

}  // namespace

std::string_view name_of(Level level) noexcept {
  switch (level) {
    case Level::ok:
      return "ok";
    case Level::attention:
      return "attention";
    case Level::danger:
      return "danger";
  }
  return "danger";
}

Level Report::worst() const noexcept {
  Level worst = Level::ok;
  for (const Entry& entry : entries) worst = std::max(worst, entry.finding.level);
  return worst;
}

Report run_checks(const std::vector<Check>& checks, const Surroundings& surroundings) {
  Report report;
  for (const Check& check : checks) {
    if (surroundings.stop.stop_requested()) {
      throw Error(ErrorKind::cancelled, "interrupted before all checks were made");
    }
    report.entries.push_back({check.id, check.title, run_one(check, surroundings)});
  }
  return report;
}

}  // namespace lifeboat::doctor
