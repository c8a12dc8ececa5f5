#include "config/byte_size.h"

#include <array>
#include <charconv>
#include <utility>

namespace lifeboat::config {
namespace {

using Unit = std::pair<std::string_view, double>;
constexpr std::array<Unit, 9> kUnits = {Unit{"", 1},
                                        Unit{"B", 1},
                                        Unit{"kB", 1e3},
                                        Unit{"MB", 1e6},
                                        Unit{"GB", 1e9},
                                        Unit{"TB", 1e12},
                                        Unit{"KiB", 1024.0},
                                        Unit{"MiB", 1024.0 * 1024},
                                        Unit{"GiB", 1024.0 * 1024 * 1024}};
constexpr double kMost = 9007199254740992.0;

}  // namespace

std::optional<std::uint64_t> parse_byte_size(std::string_view text) {
  double count = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), count, std::chars_format::fixed);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  for (const auto& [unit, bytes] : kUnits) {
    if (text != unit) continue;
    const double size = count * bytes;
    if (!(size >= 1 && size <= kMost)) return std::nullopt;
    return static_cast<std::uint64_t>(size);
  }
  return std::nullopt;
}

}  // namespace lifeboat::config
