#ifndef LIFEBOAT_CLI_COST_MONEY_H_
#define LIFEBOAT_CLI_COST_MONEY_H_

#include <string>
#include <vector>

#include "config/price_list.h"
#include "vault/cost_forecast.h"
#include "vault/inventory.h"
#include "vault/restore_size.h"

/// Bytes and requests times prices: docs/cost.md. Pure; amounts are in the list's currency.
namespace lifeboat::cli {

/// What a vault's store charges.
struct VaultPrices {
  /// Throws Error(usage) if the list lacks the class of the packs, or STANDARD, which everything
  /// else is in.
  VaultPrices(config::PriceList prices, const std::string& storage_class);

  config::PriceList list;
  config::ClassPrices packs;
  config::ClassPrices others;
};

/// The class of a vault's packs: its URL's, else STANDARD.
inline constexpr const char* kUsualClass = "STANDARD";

/// Of so many bytes for a month, packs and others mixed as they are in the store today, and small
/// packs charged as large as the class has it.
[[nodiscard]] double storage_cost(const VaultPrices& prices, const vault::Inventory& today,
                                  double bytes);

/// A month of a forecast.
struct MonthCost {
  double least_storage = 0;  ///< of the mean of what is stored at its beginning and at its end
  double most_storage = 0;
  double requests = 0;  ///< of the snapshots that are taken
};

/// One for each month, in order. What a snapshot asks of the store without its packs is counted in
/// docs/object-stores.md, "Requests".
[[nodiscard]] std::vector<MonthCost> month_costs(const VaultPrices& prices,
                                                 const vault::Inventory& today,
                                                 const vault::CostForecast& forecast);

[[nodiscard]] double restore_cost(const VaultPrices& prices, const vault::RestoreSize& size);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_COST_MONEY_H_
