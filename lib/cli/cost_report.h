#ifndef LIFEBOAT_CLI_COST_REPORT_H_
#define LIFEBOAT_CLI_COST_REPORT_H_

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "cli/cost_money.h"
#include "cli/json.h"
#include "cli/paint.h"
#include "vault/added_bytes.h"
#include "vault/cost_forecast.h"
#include "vault/growth.h"
#include "vault/history.h"
#include "vault/inventory.h"
#include "vault/restore_size.h"

/// What `lifeboat vault cost` prints; fields in docs/json-output.md.
namespace lifeboat::cli {

struct CostReport {
  Instant now;
  bool by_store_clock = true;  ///< else by this machine's: the credential may put no probe
  vault::Inventory inventory;
  vault::AddedBytes added;
  std::vector<vault::GrowthFit> growths;  ///< of added.series, one for each
  vault::GrowthFit growth;                ///< of all together
  vault::KeepPolicy policy;
  vault::RetentionFloor floor;
  vault::CostForecast forecast;
  vault::RestoreSize restore;
  std::optional<VaultPrices> prices;  ///< nothing = bytes alone
  std::vector<vault::Problem> problems;

  /// What lies in the store and no snapshot that is there added, in bytes. Below 0 if sweeps took
  /// more of the snapshots' own (merged index segments, runs that were rescued) than that.
  [[nodiscard]] std::int64_t unattributed() const {
    return static_cast<std::int64_t>(inventory.whole().stored_bytes) -
           static_cast<std::int64_t>(added.whole());
  }
  /// Whether the prices are so old that they are warned of.
  [[nodiscard]] bool has_stale_prices() const {
    return prices && now - prices->list.as_of > config::kPricesGoStale;
  }
};

[[nodiscard]] std::string cost_text(const CostReport& report, const Paint& paint);
[[nodiscard]] Json cost_json(const CostReport& report);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_COST_REPORT_H_
