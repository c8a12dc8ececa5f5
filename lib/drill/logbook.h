#ifndef LIFEBOAT_DRILL_LOGBOOK_H_
#define LIFEBOAT_DRILL_LOGBOOK_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "drill/result.h"
#include "vault/history.h"

/// All drills that a vault tells of, and what they say together. Pure.
namespace lifeboat::drill {

struct LoggedResult {
  Result result;
  std::string record;  ///< id of the record, hex
};

struct Logbook {
  std::vector<LoggedResult> results;    ///< newest first, by `declared`; each run once
  std::vector<std::string> unreadable;  ///< ids of records whose body is no result, with why

  /// Newest first.
  [[nodiscard]] std::vector<const Result*> of(const std::string& drill) const;
  /// Names of all drills, each once, in alphabetical order.
  [[nodiscard]] std::vector<std::string> drills() const;
};

/// From the records of kind 7. Of two results with one run the older record counts.
[[nodiscard]] Logbook logbook_of(const vault::History& history);

/// When a restore will take longer than its objective allows, if the data grows as it did.
struct Forecast {
  Instant when;                    ///< may be past: it does already
  std::chrono::seconds margin{0};  ///< either side: half of the middle half of the slopes' answers
  double bytes_per_day = 0;
  std::uint64_t points = 0;
};

/// Theil-Sen on size against time, times the median speed of the last restores. `results` of one
/// drill, in any order. Nothing if fewer than five restores reached a speed, if the data does not
/// grow, if there is no RTO, or if the day is more than ten years away.
[[nodiscard]] std::optional<Forecast> forecast_rto(const std::vector<const Result*>& results);

/// "2027-03-14 ± 3 weeks".
[[nodiscard]] std::string to_text(const Forecast& forecast);

/// What stands against relying on what the drills say.
struct GateFinding {
  std::string drill;  ///< empty = of all together
  std::string what;
};
struct GateRequest {
  std::vector<std::string> drills;  ///< that are configured; each needs a verdict
  std::chrono::seconds proof_age{8 * 86400};
  double least_passed = 0.95;  ///< of the due ones in 90 days
};
struct Gate {
  std::vector<GateFinding> findings;  ///< none = open
  std::uint64_t due = 0;              ///< scheduled results in the last 90 days
  std::uint64_t passed = 0;
};
/// The last verdict of each drill, the age of the newest proof, the error budget of 90 days, and
/// forecasts nearer than 90 days.
[[nodiscard]] Gate judge_gate(const Logbook& logbook, const GateRequest& request,
                              std::optional<Instant> newest_proof, Instant now);

}  // namespace lifeboat::drill

#endif  // LIFEBOAT_DRILL_LOGBOOK_H_
