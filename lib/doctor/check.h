#ifndef LIFEBOAT_DOCTOR_CHECK_H_
#define LIFEBOAT_DOCTOR_CHECK_H_

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "config/environment.h"

namespace lifeboat::doctor {

/// ok: as it should be. attention: works, but a person should know. danger: a snapshot, a restore
/// or a promise of lifeboat would fail.
enum class Level { ok, attention, danger };
[[nodiscard]] std::string_view name_of(Level level) noexcept;

/// What a check found.
struct Finding {
  Level level = Level::ok;
  std::string what;  ///< "pg_dump 15.20, psql 15.20": lower case, no full stop, no secret
  std::string hint;  ///< what to do; empty if nothing
};

/// What checks look at. References must outlive the call.
struct Surroundings {
  const config::Environment& environment;
  const Clock& clock;
  std::optional<std::filesystem::path> config_file;
  std::filesystem::path temp_dir;
  std::stop_token stop;
};

/// One question about this machine or vault. A value: a list of them is the whole registry, and
/// whoever knows of more (a vault, a database) appends to it. `run` may block for seconds and may
/// throw; it changes nothing that it does not put back.
struct Check {
  std::string id;     ///< stable, for --json: "temp-space"
  std::string title;  ///< "room for temporary files"
  std::function<Finding(const Surroundings&)> run;
};

struct Report {
  struct Entry {
    std::string id;
    std::string title;
    Finding finding;
  };
  std::vector<Entry> entries;  ///< in the order of the checks

  [[nodiscard]] Level worst() const noexcept;
};

/// Runs all checks in turn. A check that throws is reported as danger with its error's words.
/// Throws Error(cancelled) only.
[[nodiscard]] Report run_checks(const std::vector<Check>& checks, const Surroundings& surroundings);

}  // namespace lifeboat::doctor

#endif  // LIFEBOAT_DOCTOR_CHECK_H_
