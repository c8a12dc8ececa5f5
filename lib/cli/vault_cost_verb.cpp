#include "cli/vault_cost_verb.h"

#include <tuple>
#include <utility>

#include "base/error.h"
#include "cli/cost_report.h"
#include "cli/option_groups.h"
#include "cli/vault_access.h"
#include "cli/vault_forget_verb.h"
#include "cli/vault_report.h"
#include "config/s3_access.h"
#include "store/store_time.h"
#include "vault/sweep_plan.h"

namespace lifeboat::cli {
namespace {

constexpr int kUsualMonths = 12;
constexpr int kMostMonths = 120;

struct CostOptions {
  std::optional<std::string> prices;
  std::optional<int> months;
};

void declare_cost(OptionSet& set, CostOptions& options) {
  set.value("prices", options.prices, "FILE",
            "what the store charges (docs/prices.example.toml); default: prices in [vault]");
  set.number("months", options.months, 1, "N", "how far to look ahead (default: 12)");
  declare_vault_options(set);
}

int months_of(const CostOptions& options) {
  const int months = options.months.value_or(kUsualMonths);
  if (months <= kMostMonths) return months;
  throw Error(ErrorKind::usage, "--months is " + std::to_string(months) + ", which nobody can tell",
              "look ahead " + std::to_string(kMostMonths) + " months at the most");
}

std::string storage_class_of(Session& session) {
  const std::string url = session.vault_url();
  if (!config::is_s3_url(url)) return kUsualClass;
  const std::string named = config::parse_s3_url(url, session.environment()).storage_class;
  return named.empty() ? kUsualClass : named;
}

std::optional<VaultPrices> prices_of(const CostOptions& options, Session& session) {
  const std::filesystem::path file =
      options.prices ? std::filesystem::path(*options.prices) : session.settings().prices.value;
  if (file.empty()) return std::nullopt;
  return VaultPrices(config::load_prices(file), storage_class_of(session));
}

/// The store's time. Who may put nothing there, as a viewer, gets this machine's.
std::pair<Instant, bool> time_of_store(store::ObjectStore& store, const Session& session) {
  try {
    return {store::read_store_time(store), true};
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::denied) throw;
    return {session.clock().now(), false};
  }
}

ExitCode run_cost(const CostOptions& options, Session& session) {
  const int months = months_of(options);
  CostReport report;
  report.prices = prices_of(options, session);
  const auto open = open_vault(session, reading_roles());
  const vault::Vault& vault = *open.vault;
  std::tie(report.now, report.by_store_clock) = time_of_store(*open.store, session);
  const vault::History history = vault::read_history(vault);
  const vault::PinsAndForgets pins = vault::pins_and_forgets(history);
  report.problems = history.problems;
  report.policy = keep_policy(session.settings().keep.value);
  report.floor = vault::RetentionFloor::of(vault.trust());
  report.inventory = vault::take_inventory(
      vault, history.swept, report.prices ? report.prices->packs.minimum_object_bytes : 0);
  report.added = vault::added_bytes(history, pins);
  for (const auto& series : report.added.series) {
    report.growths.push_back(vault::growth_of(series));
  }
  report.growth = vault::growth_of(report.added.series);
  report.forecast = vault::forecast_cost(
      {.snapshots = vault::candidates(history, pins),
       .series = report.added.series,
       .stored_bytes = report.inventory.whole().stored_bytes,
       .policy = report.policy,
       .floor = report.floor,
       .grace = vault::sweep_grace(vault.trust()),
       .paid_at_least = report.prices ? report.prices->packs.minimum_days : std::chrono::days(0),
       .now = report.now,
       .months = months});
  report.restore =
      vault::restore_size(report.added.series, report.now, report.inventory.packs().stored_bytes);
  if (report.has_stale_prices()) {
    session.warn("the prices in " + report.prices->list.file + " are more than " +
                 std::to_string(config::kPricesGoStale.count()) + " days old");
  }
  session.print(cost_text(report, session.paint()), cost_json(report));
  return exit_code_of(report.problems);
}

}  // namespace

Verb vault_cost_verb() {
  return {{.name = "cost",
           .summary = "Tell what the vault holds, how it grows, and what it will cost.",
           .synopsis = "[OPTION]...",
           .details =
               "Bytes by kind, source and age; the growth a day; and a forecast under the policy "
               "in [keep], as a least and a most. Money needs prices, which you write down. One "
               "listing, and the records; nothing is changed.",
           .examples = {{"lifeboat vault cost", "bytes, without money"},
                        {"lifeboat vault cost --prices prices.toml --months 24",
                         "two years, in the currency of the file"}},
           .exit_codes = {ExitCode::findings, ExitCode::not_found, ExitCode::denied,
                          ExitCode::unavailable, ExitCode::stale, ExitCode::refused},
           .environment = {"LIFEBOAT_VAULT", "LIFEBOAT_IDENTITY", "LIFEBOAT_VIEWER",
                           "LIFEBOAT_WRITER", "LIFEBOAT_OPERATOR", "LIFEBOAT_PRUNER"}},
          prepare<CostOptions>(declare_cost, run_cost)};
}

}  // namespace lifeboat::cli
