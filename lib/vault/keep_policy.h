#ifndef LIFEBOAT_VAULT_KEEP_POLICY_H_
#define LIFEBOAT_VAULT_KEEP_POLICY_H_

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lifeboat::vault {

/// What is kept of each source that each writer captures; a snapshot that one rule keeps is kept.
/// docs/forgetting.md. A value.
struct KeepPolicy {
  std::optional<std::chrono::seconds> within{};  ///< everything that is younger
  std::uint32_t last = 0;                        ///< the newest so many
  /// The oldest complete one of each of the newest so many hours, days, ISO weeks, months, years
  /// (UTC) that have one.
  std::uint32_t hourly = 0;
  std::uint32_t daily = 0;
  std::uint32_t weekly = 0;
  std::uint32_t monthly = 0;
  std::uint32_t yearly = 0;

  /// Whether it has no rule at all: nobody means that.
  [[nodiscard]] bool empty() const noexcept {
    return !within && last + hourly + daily + weekly + monthly + yearly == 0;
  }
  friend bool operator==(const KeepPolicy&, const KeepPolicy&) = default;
};

/// A rule that is a number, and its name in [keep], in records and in JSON.
struct KeepCount {
  std::string_view name;
  std::uint32_t KeepPolicy::*count;
};

inline constexpr std::array<KeepCount, 6> kKeepCounts = {{{"last", &KeepPolicy::last},
                                                          {"hourly", &KeepPolicy::hourly},
                                                          {"daily", &KeepPolicy::daily},
                                                          {"weekly", &KeepPolicy::weekly},
                                                          {"monthly", &KeepPolicy::monthly},
                                                          {"yearly", &KeepPolicy::yearly}}};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_KEEP_POLICY_H_
