#ifndef LIFEBOAT_CONFIG_PRICE_LIST_H_
#define LIFEBOAT_CONFIG_PRICE_LIST_H_

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

/// What a store charges, as its user wrote it down: docs/cost.md, docs/prices.example.toml.
namespace lifeboat::config {

/// [class.NAME]: prices in the list's currency, 0 or more.
struct ClassPrices {
  std::string name;  ///< "STANDARD", "STANDARD_IA" …
  double storage_gb_month = 0;
  double put_1000 = 0;                     ///< 1,000 requests that write or list
  double get_1000 = 0;                     ///< 1,000 requests that read
  double egress_gb = 0;                    ///< sent out of the store
  double retrieval_gb = 0;                 ///< read, charged besides by some classes
  std::chrono::days minimum_days{0};       ///< what is deleted earlier is paid for until then
  std::uint64_t minimum_object_bytes = 0;  ///< smaller objects are charged as this large
};

/// A price list. A value.
struct PriceList {
  std::string file;                        ///< as it was named, for messages
  std::string currency;                    ///< "USD"
  std::chrono::sys_days as_of;             ///< when somebody looked the prices up
  std::uint64_t gb_bytes = 1'000'000'000;  ///< of a GB in the prices: 10^9, or 2^30
  std::vector<ClassPrices> classes;        ///< in the file's order, at least one

  /// Throws Error(usage) naming the classes that there are.
  [[nodiscard]] const ClassPrices& of(std::string_view storage_class) const;
};

/// Older lists are warned of.
inline constexpr std::chrono::days kPricesGoStale{180};

/// Throws Error(usage) that begins with "FILE:LINE: " on bad TOML, a missing or unknown key, a
/// price that is no number or below 0, a date that is none.
[[nodiscard]] PriceList parse_prices(std::string_view text, const std::string& file);

/// Reads and parses. Throws Error(usage) if the file cannot be read.
[[nodiscard]] PriceList load_prices(const std::filesystem::path& file);

}  // namespace lifeboat::config

#endif  // LIFEBOAT_CONFIG_PRICE_LIST_H_
