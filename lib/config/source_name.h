#ifndef LIFEBOAT_CONFIG_SOURCE_NAME_H_
#define LIFEBOAT_CONFIG_SOURCE_NAME_H_

#include <algorithm>
#include <string_view>

namespace lifeboat::config {

inline constexpr const char* kSourceNameRule =
    "letters, digits, '-', '_' and '.', at most 64, the first a letter or a digit";

/// Names travel in selectors (latest:NAME), file names and JSON: they stay plain.
[[nodiscard]] inline bool is_source_name(std::string_view name) noexcept {
  const auto alphanumeric = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  const auto allowed = [&](char c) { return alphanumeric(c) || c == '-' || c == '_' || c == '.'; };
  return !name.empty() && name.size() <= 64 && alphanumeric(name.front()) &&
         std::all_of(name.begin(), name.end(), allowed);
}

}  // namespace lifeboat::config

#endif  // LIFEBOAT_CONFIG_SOURCE_NAME_H_
