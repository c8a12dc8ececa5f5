#include "cli/cost_money.h"

#include <utility>

#include "base/units.h"

namespace lifeboat::cli {
namespace {

/// A snapshot of an unchanged database: 10 LIST and 6 PUT, 6 GET and 1 HEAD; a DELETE is free.
constexpr double kWritesASnapshot = 16;
constexpr double kReadsASnapshot = 7;
constexpr double kPackBytes = 16.0 * kMiB;
constexpr double kThousand = 1000;

double request_cost(const VaultPrices& prices, const vault::ForecastMonth& month) {
  const double packs = static_cast<double>(month.added_bytes) / kPackBytes;
  return (month.taken * (kWritesASnapshot * prices.others.put_1000 +
                         kReadsASnapshot * prices.others.get_1000) +
          packs * prices.packs.put_1000) /
         kThousand;
}

double mean(std::uint64_t a, std::uint64_t b) {
  return (static_cast<double>(a) + static_cast<double>(b)) / 2;
}

}  // namespace

VaultPrices::VaultPrices(config::PriceList prices, const std::string& storage_class)
    : list(std::move(prices)), packs(list.of(storage_class)), others(list.of(kUsualClass)) {}

double storage_cost(const VaultPrices& prices, const vault::Inventory& today, double bytes) {
  const vault::Tally whole = today.whole();
  if (whole.stored_bytes == 0) return 0;
  const auto others = static_cast<double>(whole.stored_bytes - today.packs().stored_bytes);
  const double for_all =
      static_cast<double>(today.padded_pack_bytes) * prices.packs.storage_gb_month +
      others * prices.others.storage_gb_month;
  return for_all * (bytes / static_cast<double>(whole.stored_bytes)) /
         static_cast<double>(prices.list.gb_bytes);
}

std::vector<MonthCost> month_costs(const VaultPrices& prices, const vault::Inventory& today,
                                   const vault::CostForecast& forecast) {
  std::vector<MonthCost> costs;
  std::uint64_t least = today.whole().stored_bytes;
  std::uint64_t most = least;
  for (const vault::ForecastMonth& month : forecast.months) {
    costs.push_back(
        {.least_storage = storage_cost(prices, today, mean(least, month.least_paid_bytes)),
         .most_storage = storage_cost(prices, today, mean(most, month.most_bytes)),
         .requests = request_cost(prices, month)});
    least = month.least_paid_bytes;
    most = month.most_bytes;
  }
  return costs;
}

double restore_cost(const VaultPrices& prices, const vault::RestoreSize& size) {
  const double gigabytes =
      static_cast<double>(size.bytes) / static_cast<double>(prices.list.gb_bytes);
  const auto reads = static_cast<double>(size.least_gets + size.least_heads);
  return gigabytes * (prices.packs.egress_gb + prices.packs.retrieval_gb) +
         reads * prices.packs.get_1000 / kThousand;
}

}  // namespace lifeboat::cli
