#ifndef LIFEBOAT_REDIS_KEY_TEXT_H_
#define LIFEBOAT_REDIS_KEY_TEXT_H_

#include <string>
#include <string_view>

namespace lifeboat::redis {

/// A key for people, whatever bytes it is of, in quotes as redis-cli prints and reads it:
/// "session:1", "a\r\n\x00". ASCII without control characters.
[[nodiscard]] std::string shown_key(std::string_view key);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_KEY_TEXT_H_
