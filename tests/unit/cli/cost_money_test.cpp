// Bytes and requests times prices, worked out by hand.
#include "cli/cost_money.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/units.h"

namespace lifeboat::cli {
namespace {

constexpr std::uint64_t kGB = 1'000'000'000;

config::PriceList list() {
  config::PriceList list;
  list.file = "prices.toml";
  list.currency = "EUR";
  list.classes = {
      {.name = "STANDARD", .storage_gb_month = 10, .put_1000 = 5, .get_1000 = 1, .egress_gb = 3},
      {.name = "COLD",
       .storage_gb_month = 2,
       .put_1000 = 50,
       .get_1000 = 7,
       .egress_gb = 4,
       .retrieval_gb = 6}};
  return list;
}

/// 8 GB of packs, charged as 9, and 2 GB of other objects.
vault::Inventory today() {
  vault::Inventory inventory;
  inventory.kinds.at(static_cast<std::size_t>(vault::StoredKind::data_packs)) = {500, 7 * kGB};
  inventory.kinds.at(static_cast<std::size_t>(vault::StoredKind::list_packs)) = {90, kGB};
  inventory.kinds.at(static_cast<std::size_t>(vault::StoredKind::index)) = {10, 2 * kGB};
  inventory.padded_pack_bytes = 9 * kGB;
  return inventory;
}

TEST(CostMoney, StorageIsThatOfPacksInTheirClassAndOfTheRestInStandard) {
  EXPECT_DOUBLE_EQ(storage_cost({list(), "COLD"}, today(), 10.0 * kGB), 9 * 2 + 2 * 10);
  EXPECT_DOUBLE_EQ(storage_cost({list(), "STANDARD"}, today(), 10.0 * kGB), 11 * 10);
  EXPECT_DOUBLE_EQ(storage_cost({list(), "COLD"}, today(), 5.0 * kGB), 19);
  EXPECT_DOUBLE_EQ(storage_cost({list(), "COLD"}, {}, 5.0 * kGB), 0);
}

TEST(CostMoney, AGigabyteIsAsLargeAsTheListSays) {
  config::PriceList binary = list();
  binary.gb_bytes = kGiB;
  EXPECT_DOUBLE_EQ(storage_cost({binary, "COLD"}, today(), 10.0 * kGB),
                   38.0 * kGB / static_cast<double>(kGiB));
}

TEST(CostMoney, OfAMonthIsThatOfTheMeanOfBothItsEnds) {
  vault::CostForecast forecast;
  forecast.months = {
      {.taken = 0, .least_bytes = 10 * kGB, .most_bytes = 30 * kGB, .least_paid_bytes = 20 * kGB},
      {.taken = 0, .least_bytes = 10 * kGB, .most_bytes = 50 * kGB, .least_paid_bytes = 10 * kGB}};
  const auto costs = month_costs({list(), "COLD"}, today(), forecast);
  ASSERT_EQ(costs.size(), 2U);
  // 3.8 a GB, packs and others mixed as today.
  EXPECT_DOUBLE_EQ(costs[0].least_storage, 15 * 3.8);
  EXPECT_DOUBLE_EQ(costs[0].most_storage, 20 * 3.8);
  EXPECT_DOUBLE_EQ(costs[1].least_storage, 15 * 3.8);
  EXPECT_DOUBLE_EQ(costs[1].most_storage, 40 * 3.8);
  EXPECT_DOUBLE_EQ(costs[0].requests, 0);
}

TEST(CostMoney, OfRequestsIsThatOfSnapshotsAndOfTheirPacks) {
  vault::CostForecast forecast;
  forecast.months = {{.taken = 1000, .added_bytes = 2000 * 16 * kMiB}};
  // 16,000 at 5 and 7,000 at 1 a thousand, and 2,000 packs at 50.
  EXPECT_DOUBLE_EQ(month_costs({list(), "COLD"}, today(), forecast)[0].requests,
                   16 * 5 + 7 * 1 + 2 * 50);
}

TEST(CostMoney, OfARestoreIsEgressRetrievalAndReads) {
  const vault::RestoreSize size{
      .sources = 1, .bytes = 2 * kGB, .at_most = false, .least_gets = 480, .least_heads = 20};
  EXPECT_DOUBLE_EQ(restore_cost({list(), "COLD"}, size), 2 * (4 + 6) + 0.5 * 7);
  EXPECT_DOUBLE_EQ(restore_cost({list(), "STANDARD"}, size), 2 * 3 + 0.5);
}

TEST(CostMoney, NeedsBothClasses) {
  EXPECT_THROW(VaultPrices(list(), "WARM"), Error);
  config::PriceList only_cold = list();
  only_cold.classes.erase(only_cold.classes.begin());
  EXPECT_THROW(VaultPrices(only_cold, "COLD"), Error);
}

}  // namespace
}  // namespace lifeboat::cli
