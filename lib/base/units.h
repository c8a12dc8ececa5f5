#ifndef LIFEBOAT_BASE_UNITS_H_
#define LIFEBOAT_BASE_UNITS_H_

#include <chrono>
#include <cstdint>
#include <string>

namespace lifeboat {

inline constexpr std::uint64_t kKiB = 1024;
inline constexpr std::uint64_t kMiB = 1024 * kKiB;
inline constexpr std::uint64_t kGiB = 1024 * kMiB;

/// Decimal units as people read them: "0 B", "488 MB", "1.2 GB" (three significant digits).
[[nodiscard]] std::string human_bytes(std::uint64_t size_bytes);
/// "2,812,331".
[[nodiscard]] std::string human_count(std::uint64_t count);
/// Coarse, two units at most: "0.4 s", "9.8 s", "2 min 09 s", "4 h 29 min", "12 days".
[[nodiscard]] std::string human_duration(std::chrono::milliseconds duration);

}  // namespace lifeboat

#endif  // LIFEBOAT_BASE_UNITS_H_
