#ifndef LIFEBOAT_VAULT_COST_FORECAST_H_
#define LIFEBOAT_VAULT_COST_FORECAST_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "vault/added_bytes.h"
#include "vault/growth.h"
#include "vault/retention.h"

/// How large a vault will be, month by month, if it goes on as it does today: docs/cost.md. Pure.
namespace lifeboat::vault {

struct ForecastRequest {
  std::vector<Candidate> snapshots;  ///< candidates() of today
  std::vector<SourceSeries> series;  ///< added_bytes() of today
  std::uint64_t stored_bytes = 0;    ///< that the store holds today
  KeepPolicy policy{};               ///< empty = nothing is ever forgotten
  RetentionFloor floor{};
  std::chrono::seconds grace{0};       ///< from forgetting to the sweep: sweep_grace()
  std::chrono::days paid_at_least{0};  ///< what is deleted earlier is paid for until then
  Instant now;                         ///< by the store's clock
  int months = 12;
};

/// One source, as the forecast has it go on.
struct SourceOutlook {
  KeyId writer;
  std::string source;
  std::optional<Cadence> cadence;  ///< nothing = it is not captured again
};

/// The end of a month of the forecast. What is stored lies between `least_bytes`, where everything
/// that a forgotten snapshot added goes with it (but what the first snapshot of a source stored,
/// which later ones share), and `most_bytes`, where nothing of it goes, because later ones need it.
struct ForecastMonth {
  Instant at{};
  double taken = 0;               ///< snapshots in this month; one of two sources is one
  std::uint64_t added_bytes = 0;  ///< in this month
  double kept = 0;                ///< snapshots that are there
  std::uint64_t least_bytes = 0;
  std::uint64_t most_bytes = 0;
  std::uint64_t least_paid_bytes = 0;  ///< `least_bytes`, and what is gone and paid for still
};

struct CostForecast {
  std::vector<SourceOutlook> sources;
  std::vector<ForecastMonth> months;  ///< ascending
  bool by_policy = false;             ///< else nothing is forgotten: least and most are the same
};

/// The same day of a later month; of a month that is too short its last. Time of day stays.
[[nodiscard]] Instant months_later(Instant from, int months);

/// Lets each source be captured in its cadence, and at the end of each month plan_forget() decide:
/// what it gave up a grace earlier is swept by then. A source with a proof is taken to be proven on
/// and on. Deterministic; plans once a month, 8,760 snapshots a year in a fraction of a second.
/// Memory: 400 bytes for each snapshot that is kept, and for each of a month.
[[nodiscard]] CostForecast forecast_cost(const ForecastRequest& request);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_COST_FORECAST_H_
