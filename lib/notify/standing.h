#ifndef LIFEBOAT_NOTIFY_STANDING_H_
#define LIFEBOAT_NOTIFY_STANDING_H_

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "notify/sample.h"

namespace lifeboat::notify {

/// How it stands with one source, by the vault's records. What is not known is absent, and then
/// there is no sample of it: a series that ends is seen, a made-up zero is not.
struct SourceStanding {
  std::string name{};
  std::optional<Instant> last_verified{};
  std::optional<Instant> last_success{};
  std::optional<Instant> last_attempt{};
  std::optional<int> last_status{};  ///< 0, or 1 if it failed
  std::optional<std::chrono::seconds> schedule{};
  std::optional<std::chrono::milliseconds> duration{};
  std::optional<std::uint64_t> source_bytes{};
  std::optional<std::uint64_t> stored_bytes{};
  std::optional<std::uint64_t> new_bytes{};
  std::optional<std::uint64_t> rows{};
  std::optional<std::uint64_t> snapshots{};
  std::optional<Instant> oldest_snapshot{};
  std::optional<Instant> recovery_point{};
};

/// The verdicts of a drill, docs/format/drill.md §2.1.
inline constexpr std::array<std::string_view, 7> kVerdicts = {
    "passed", "objective_missed", "failed", "errored", "missed", "aborted", "cleanup_failed"};

template <typename Value>
using Named = std::vector<std::pair<std::string, Value>>;

struct DrillStanding {
  std::string name{};
  std::optional<Instant> last_run{};
  std::optional<Instant> last_pass{};
  std::string verdict{};  ///< of kVerdicts; empty = it never ran
  std::optional<std::chrono::milliseconds> rto{};
  std::optional<std::chrono::milliseconds> rta{};
  std::optional<std::chrono::milliseconds> rpo{};
  std::optional<std::chrono::milliseconds> rpa{};
  Named<std::chrono::milliseconds> phases{};
  Named<std::uint64_t> assertions{};  ///< by result: "passed", "failed" …
  std::optional<double> restore_bytes_per_second{};
  std::optional<std::uint64_t> leaked{};
  Named<std::uint64_t> runs{};  ///< by verdict
  std::optional<Instant> rto_breach_forecast{};
};

struct RunbookStanding {
  std::string name{};
  bool verified = false;
  Named<std::chrono::milliseconds> steps{};
};

/// How it stands with one application. The caller makes it from the vault's records.
struct Standing {
  std::string app{};
  std::string version{};  ///< of lifeboat; empty = not said
  std::vector<SourceStanding> sources{};
  std::vector<DrillStanding> drills{};
  std::vector<RunbookStanding> runbooks{};
  std::optional<double> error_budget_remaining{};
  std::optional<Instant> last_tick{};
  std::optional<std::uint64_t> key_holders{};
  std::optional<Instant> immutable_until{};
};

/// Every number that monitoring gets, family by family in the order of families(). Pure.
[[nodiscard]] std::vector<Sample> samples_of(const Standing& standing);

}  // namespace lifeboat::notify

#endif  // LIFEBOAT_NOTIFY_STANDING_H_
