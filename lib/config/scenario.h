#ifndef LIFEBOAT_CONFIG_SCENARIO_H_
#define LIFEBOAT_CONFIG_SCENARIO_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a drill's file says: docs/format/drill.md §1. Plain values; times, zones and cron
/// expressions are texts here, lib/drill reads them.
namespace lifeboat::config {

enum class ScenarioKind { restore, readiness };
enum class ScenarioSelect { latest, oldest, random };

/// [assert.NAME]. Exactly one of sql, redis, http and exec is there.
struct ScenarioAssertion {
  std::string name = {};
  std::string on = {};  ///< a source; empty = none
  std::string sql = {};
  std::vector<std::string> redis = {};
  std::string http = {};
  std::vector<std::string> exec = {};
  std::optional<std::string> equals = {};
  std::optional<double> at_least = {};
  std::optional<double> at_most = {};
  std::optional<std::string> matches = {};  ///< an ECMAScript regular expression
  int status = 200;                         ///< of http
  std::chrono::seconds within{60};
  bool only_warns = false;
  bool measures_rpo = false;
  int line = 0;
};

/// [schedule]
struct ScenarioSchedule {
  std::string cron = {};
  std::string tz = "UTC";
  std::chrono::seconds start_within{6 * 3600};
  std::vector<std::string> blackout = {};
  std::chrono::seconds min_interval{0};
  std::chrono::seconds max_runtime{3 * 3600};
  int cron_line = 0;
  int tz_line = 0;
  int blackout_line = 0;
};

struct Scenario {
  std::string file = {};  ///< as it was named, for messages
  std::string name = {};
  std::string title = {};
  ScenarioKind kind = ScenarioKind::restore;
  ScenarioSelect select = ScenarioSelect::latest;
  std::optional<std::chrono::seconds> window = {};
  std::vector<std::string> sources = {};  ///< empty = all
  std::string scratch = "local";          ///< or a reference
  std::optional<std::chrono::seconds> rto = {};
  std::optional<std::chrono::seconds> rpo = {};
  std::optional<ScenarioSchedule> schedule = {};
  std::vector<ScenarioAssertion> assertions = {};  ///< in the file's order
  std::chrono::seconds max_age{26 * 3600};         ///< readiness: of the newest snapshot
  std::chrono::seconds max_proof_age{8 * 86400};   ///< readiness: of the newest proof
  std::vector<std::string> notify_on = {"objective_missed", "failed",  "errored",
                                        "missed",           "aborted", "cleanup_failed"};
};

inline constexpr std::size_t kMostScenarioBytes = std::size_t{256} * 1024;

/// Parses a whole file. `file` is its name in messages; its stem must be the drill's name. Throws
/// Error(usage) as parse_config() does.
[[nodiscard]] Scenario parse_scenario(std::string_view text, const std::string& file);

}  // namespace lifeboat::config

#endif  // LIFEBOAT_CONFIG_SCENARIO_H_
