#include "config/duration.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace lifeboat::config {
namespace {

using Unit = std::pair<char, std::int64_t>;
constexpr std::array<Unit, 5> kUnits = {Unit{'w', 7 * 86400}, Unit{'d', 86400}, Unit{'h', 3600},
                                        Unit{'m', 60}, Unit{'s', 1}};
constexpr std::int64_t kMostSeconds = std::int64_t{100} * 366 * 86400;

}  // namespace

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
  std::int64_t total = 0;
  std::size_t next_unit = 0;
  while (!text.empty()) {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc{} || end == text.data() + text.size()) return std::nullopt;
    std::size_t unit = next_unit;
    while (unit < kUnits.size() && kUnits.at(unit).first != *end) ++unit;
    if (unit == kUnits.size() || count < 0) return std::nullopt;
    if (count > kMostSeconds / kUnits.at(unit).second) return std::nullopt;
    total += count * kUnits.at(unit).second;
    next_unit = unit + 1;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  }
  if (total == 0 || total > kMostSeconds) return std::nullopt;
  return std::chrono::seconds(total);
}

std::string to_text(std::chrono::seconds duration) {
  std::int64_t rest = duration.count();
  std::string text;
  for (const auto& [letter, seconds] : kUnits) {
    const bool weeks_do_not_fit = letter == 'w' && rest % seconds != 0;
    if (rest < seconds || weeks_do_not_fit) continue;
    text += std::to_string(rest / seconds) + letter;
    rest %= seconds;
  }
  return text.empty() ? "0s" : text;
}

}  // namespace lifeboat::config
