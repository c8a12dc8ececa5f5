#ifndef LIFEBOAT_CLI_FORGET_REPORT_H_
#define LIFEBOAT_CLI_FORGET_REPORT_H_

#include <optional>
#include <string>

#include "base/clock.h"
#include "cli/json.h"
#include "cli/paint.h"
#include "vault/retention.h"

/// What `lifeboat vault forget` prints; fields in docs/json-output.md.
namespace lifeboat::cli {

/// A plan, and what became of it.
struct ForgetReport {
  vault::ForgetPlan plan;
  vault::RetentionFloor floor;
  std::optional<vault::ObjectHash> record;  ///< that carried it out; nothing = only planned
  Instant earliest_sweep;                   ///< of what is forgotten now
};

[[nodiscard]] std::string forget_text(const ForgetReport& report, const Paint& paint);
[[nodiscard]] Json forget_json(const ForgetReport& report);

/// "within 7d, 30 daily, 12 monthly".
[[nodiscard]] std::string keep_policy_text(const vault::KeepPolicy& policy);
/// Its rules; null if it has none.
[[nodiscard]] Json keep_policy_json(const vault::KeepPolicy& policy);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_FORGET_REPORT_H_
