#ifndef LIFEBOAT_CONFIG_DURATION_H_
#define LIFEBOAT_CONFIG_DURATION_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace lifeboat::config {

/// "90s", "10m", "24h", "7d", "2w", or several parts, the larger unit first: "1h30m".
/// Nothing on any other text, on zero, and on more than 100 years.
[[nodiscard]] std::optional<std::chrono::seconds> parse_duration(std::string_view text);

/// The shortest text that parse_duration() reads back: "7d", "1h30m".
[[nodiscard]] std::string to_text(std::chrono::seconds duration);

}  // namespace lifeboat::config

#endif  // LIFEBOAT_CONFIG_DURATION_H_
