#include <cmath>

#include "cli/cost_report.h"
#include "cli/forget_report.h"
#include "cli/vault_report.h"

namespace lifeboat::cli {
namespace {

std::int64_t rounded(double value) { return std::llround(value); }

std::int64_t ms(std::chrono::seconds duration) {
  return std::chrono::milliseconds(duration).count();
}

std::string day_of(std::chrono::sys_days day) { return to_rfc3339(day).substr(0, 10); }

Json tally_json(const vault::Tally& tally) {
  return {{"objects", tally.objects}, {"stored_bytes", tally.stored_bytes}};
}

Json kinds_json(const vault::Inventory& inventory) {
  Json kinds = Json::array();
  for (std::size_t i = 0; i < vault::kStoredKinds; ++i) {
    Json one = {{"kind", vault::name_of(static_cast<vault::StoredKind>(i))}};
    one.update(tally_json(inventory.kinds.at(i)));
    kinds.push_back(one);
  }
  return kinds;
}

Json ages_json(const vault::SourceSeries& series, Instant now) {
  const vault::BytesByAge bytes = vault::bytes_by_age(series, now);
  Json ages = Json::array();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    ages.push_back(
        {{"under_days", i < vault::kAges.size() ? Json(vault::kAges.at(i).count()) : Json()},
         {"added_bytes", bytes.at(i)}});
  }
  return ages;
}

Json growth_json(const vault::GrowthFit& fit) {
  const auto& growth = fit.growth;
  return {{"bytes_a_day", growth ? Json(rounded(growth->bytes_a_day)) : Json()},
          {"least", growth ? Json(rounded(growth->least)) : Json()},
          {"greatest", growth ? Json(rounded(growth->greatest)) : Json()},
          {"snapshots", fit.snapshots},
          {"span_ms", fit.span.count()}};
}

Json cadence_json(const std::optional<vault::Cadence>& cadence) {
  if (!cadence) return nullptr;
  return {{"every_ms", cadence->every.count()},
          {"added_bytes", cadence->added_bytes},
          {"by", cadence->by_trend ? "trend" : "median"}};
}

Json sources_json(const CostReport& report) {
  Json sources = Json::array();
  for (std::size_t i = 0; i < report.added.series.size(); ++i) {
    const vault::SourceSeries& series = report.added.series[i];
    sources.push_back({{"name", series.source},
                       {"writer", series.writer.hex()},
                       {"snapshots", series.additions.size()},
                       {"added_bytes", series.added_bytes()},
                       {"by_age", ages_json(series, report.now)},
                       {"growth", growth_json(report.growths[i])},
                       {"cadence", cadence_json(report.forecast.sources[i].cadence)}});
  }
  return sources;
}

Json class_json(const config::ClassPrices& prices) {
  return {{"name", prices.name},
          {"storage_gb_month", prices.storage_gb_month},
          {"put_1000", prices.put_1000},
          {"get_1000", prices.get_1000},
          {"egress_gb", prices.egress_gb},
          {"retrieval_gb", prices.retrieval_gb},
          {"minimum_days", prices.minimum_days.count()},
          {"minimum_object_bytes", prices.minimum_object_bytes}};
}

Json prices_json(const CostReport& report) {
  if (!report.prices) return nullptr;
  const config::PriceList& list = report.prices->list;
  return {{"file", list.file},
          {"currency", list.currency},
          {"as_of", day_of(list.as_of)},
          {"stale", report.has_stale_prices()},
          {"gb_bytes", list.gb_bytes},
          {"packs", class_json(report.prices->packs)},
          {"others", class_json(report.prices->others)}};
}

Json months_json(const CostReport& report) {
  std::vector<MonthCost> costs;
  if (report.prices) costs = month_costs(*report.prices, report.inventory, report.forecast);
  Json months = Json::array();
  for (std::size_t i = 0; i < report.forecast.months.size(); ++i) {
    const vault::ForecastMonth& month = report.forecast.months[i];
    const MonthCost* cost = costs.empty() ? nullptr : &costs[i];
    months.push_back({{"at", to_json(month.at)},
                      {"taken", rounded(month.taken)},
                      {"added_bytes", month.added_bytes},
                      {"kept", rounded(month.kept)},
                      {"least_bytes", month.least_bytes},
                      {"most_bytes", month.most_bytes},
                      {"least_storage_cost", cost != nullptr ? Json(cost->least_storage) : Json()},
                      {"most_storage_cost", cost != nullptr ? Json(cost->most_storage) : Json()},
                      {"requests_cost", cost != nullptr ? Json(cost->requests) : Json()}});
  }
  return months;
}

}  // namespace

Json cost_json(const CostReport& report) {
  const vault::RestoreSize& restore = report.restore;
  const double stored = static_cast<double>(report.inventory.whole().stored_bytes);
  return {{"time", to_json(report.now)},
          {"clock", report.by_store_clock ? "store" : "local"},
          {"stored", tally_json(report.inventory.whole())},
          {"kinds", kinds_json(report.inventory)},
          {"swept", tally_json(report.inventory.swept)},
          {"added_bytes", report.added.whole()},
          {"unattributed_bytes", report.unattributed()},
          {"sealed", report.added.sealed},
          {"split", report.added.split},
          {"forgotten",
           {{"snapshots", report.added.forgotten}, {"added_bytes", report.added.forgotten_bytes}}},
          {"sources", sources_json(report)},
          {"growth", growth_json(report.growth)},
          {"keep", keep_policy_json(report.policy)},
          {"floor", {{"count", report.floor.count}, {"age_ms", ms(report.floor.age)}}},
          {"prices", prices_json(report)},
          {"storage_cost",
           report.prices ? Json(storage_cost(*report.prices, report.inventory, stored)) : Json()},
          {"months", months_json(report)},
          {"restore",
           {{"sources", restore.sources},
            {"stored_bytes", restore.bytes},
            {"at_most", restore.at_most},
            {"least_requests", restore.least_gets + restore.least_heads},
            {"cost", report.prices ? Json(restore_cost(*report.prices, restore)) : Json()}}},
          {"problems", problems_json(report.problems)}};
}

}  // namespace lifeboat::cli
