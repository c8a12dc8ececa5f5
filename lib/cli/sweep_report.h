#ifndef LIFEBOAT_CLI_SWEEP_REPORT_H_
#define LIFEBOAT_CLI_SWEEP_REPORT_H_

#include <optional>
#include <string>

#include "cli/json.h"
#include "cli/paint.h"
#include "vault/sweep.h"
#include "vault/sweep_follow.h"

/// What `lifeboat vault sweep` prints; fields in docs/json-output.md.
namespace lifeboat::cli {

/// What became of a plan.
struct SweepOutcome {
  bool confirmed = false;            ///< it was carried out, as far as there was anything
  std::optional<Instant> marked_at;  ///< by the store, of a mark that was made
  std::optional<vault::SweepReport> deleted;
};

[[nodiscard]] std::string sweep_text(const vault::NextSweepStep& step, const vault::Trust& trust,
                                     const SweepOutcome& outcome, const Paint& paint);
[[nodiscard]] Json sweep_json(const vault::NextSweepStep& step, const vault::Trust& trust,
                              const SweepOutcome& outcome);

[[nodiscard]] std::string follow_text(const vault::FollowPlan& plan, const SweepOutcome& outcome,
                                      const Paint& paint);
[[nodiscard]] Json follow_json(const vault::FollowPlan& plan, const SweepOutcome& outcome);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_SWEEP_REPORT_H_
