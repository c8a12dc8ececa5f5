#include "base/units.h"

#include <array>
#include <cstdio>

namespace lifeboat {

std::string human_bytes(std::uint64_t size_bytes) {
  static constexpr std::array<const char*, 6> kUnits = {"B", "kB", "MB", "GB", "TB", "PB"};
  double value = static_cast<double>(size_bytes);
  std::size_t unit = 0;
  // 999.5 would be printed as "1000": it already belongs to the next unit.
  while (value >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  std::array<char, 32> text{};
  const bool one_decimal = unit > 0 && value < 9.95;
  std::snprintf(text.data(), text.size(), one_decimal ? "%.1f %s" : "%.0f %s", value,
                kUnits.at(unit));
  return text.data();
}

std::string human_count(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}

std::string human_duration(std::chrono::milliseconds duration) {
  const long long ms = duration.count();
  const long long s = ms / 1000;
  std::array<char, 48> text{};
  if (s < 60) {
    std::snprintf(text.data(), text.size(), "%.1f s", static_cast<double>(ms) / 1000.0);
  } else if (s < 3600) {
    std::snprintf(text.data(), text.size(), "%lld min %02lld s", s / 60, s % 60);
  } else if (s < 48 * 3600) {
    std::snprintf(text.data(), text.size(), "%lld h %02lld min", s / 3600, s / 60 % 60);
  } else {
    std::snprintf(text.data(), text.size(), "%lld days", s / 86400);
  }
  return text.data();
}

}  // namespace lifeboat
