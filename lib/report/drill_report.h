#ifndef LIFEBOAT_REPORT_DRILL_REPORT_H_
#define LIFEBOAT_REPORT_DRILL_REPORT_H_

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "drill/logbook.h"
#include "drill/result.h"

/// What the records of a vault come to, as a report on one drill shows it. Values, all pure:
/// docs/drill-report.md says what each figure means.
namespace lifeboat::report {

/// A result and the signed record that holds it.
using Run = drill::LoggedResult;

/// A source as the vault's snapshots show it.
struct KnownSource {
  std::string name;
  std::string kind;
  bool holds_data = true;            ///< of a cache there is nothing to restore
  std::optional<Instant> proven_at;  ///< by any proof, in a drill or not
};

/// All that a report is made from.
struct DrillFacts {
  std::string vault;                 ///< id, hex
  std::vector<Run> runs;             ///< of every drill, in any order
  std::vector<KnownSource> sources;  ///< of the newest snapshots
};

/// What is asked for.
struct DrillReportRequest {
  std::optional<std::string> drill;  ///< nothing: the one that ran last
  Instant made_at{};                 ///< later runs do not count; ages are told as of then
  std::optional<Instant> since;      ///< earlier runs do not count
  std::optional<std::size_t> last;   ///< only so many of the drill's newest runs
};

/// How one drill stands.
struct DrillLine {
  std::string drill;
  Run newest;
  std::size_t passed = 0;  ///< of those due or run in the last 90 days
  std::size_t due = 0;
};

/// When a source was last restored and proven in each drill of `DrillReport::drills`.
struct Coverage {
  KnownSource source;
  std::vector<std::optional<Instant>> verified;  ///< parallel to `drills`

  /// By any of these drills.
  [[nodiscard]] std::optional<Instant> newest() const;
  /// By a drill or by any other proof.
  [[nodiscard]] std::optional<Instant> proven() const {
    return std::max(newest(), source.proven_at);
  }
};

struct DrillReport {
  std::string vault;
  Instant made_at{};
  std::string drill;
  std::vector<Run> runs;          ///< of this drill, oldest first, one or more
  std::vector<DrillLine> drills;  ///< of every drill, by name
  std::vector<Coverage> coverage;
  /// When its objective will be missed, by the runs of this report.
  std::optional<drill::Forecast> forecast;
  std::vector<std::string> not_tested;   ///< sentences without a full stop
  std::vector<std::string> differences;  ///< to the run before; empty without one

  [[nodiscard]] const Run& newest() const { return runs.back(); }
  [[nodiscard]] const DrillLine& line() const;
};

/// Throws Error(not_found) that names the drills there are, if there is no such run. Times that
/// no clock gives (negative, or of years) are held within bounds, so that a chart can show them.
[[nodiscard]] DrillReport make_drill_report(const DrillFacts& facts,
                                            const DrillReportRequest& request);

/// "weekly-restore on 23 Nov 2026: …" parts, for page and terminal alike.
[[nodiscard]] std::string verdict_word(drill::Verdict verdict);  ///< "objective missed"
/// What a manager reads: a sentence or two, with a full stop, without the verdict itself.
[[nodiscard]] std::string verdict_sentence(const drill::Result& result);
/// "recovered in 22 min of 60, losing 4 h 36 min of 24 h", or what came instead.
[[nodiscard]] std::string short_outcome(const drill::Result& result);
/// "restore shop-db"; without the source where the drill has only one.
[[nodiscard]] std::string phase_name(const drill::Phase& phase, const drill::Result& result);
/// "pass", "not applicable"
[[nodiscard]] std::string result_word(drill::AssertionResult result);

/// What of that run was not tested, by its own words and by what it did not do.
[[nodiscard]] std::vector<std::string> not_tested_in(const drill::Result& result);
/// What changed from one run to the next, each as a phrase.
[[nodiscard]] std::vector<std::string> differences_of(const drill::Result& before,
                                                      const drill::Result& now);

}  // namespace lifeboat::report

#endif  // LIFEBOAT_REPORT_DRILL_REPORT_H_
