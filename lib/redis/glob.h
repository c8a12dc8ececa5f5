#ifndef LIFEBOAT_REDIS_GLOB_H_
#define LIFEBOAT_REDIS_GLOB_H_

#include <string_view>

namespace lifeboat::redis {

/// Whether a key fits a pattern as KEYS and SCAN take it: `*`, `?`, `[a-z]`, `[^a]`, `\` before a
/// character that is meant as it stands. Any bytes.
[[nodiscard]] bool fits(std::string_view pattern, std::string_view key);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_GLOB_H_
