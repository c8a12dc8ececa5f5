#ifndef LIFEBOAT_REDIS_TARGET_MARK_H_
#define LIFEBOAT_REDIS_TARGET_MARK_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "resp/connection.h"

/// How one sees on a server that a restore into it is unfinished: docs/redis.md, "Restore".
namespace lifeboat::redis {

/// A key that stands from before the first change of a restore until after its last.
inline constexpr std::string_view kUnfinishedMark = "lifeboat:restore:unfinished";
/// The name of a big value while it is written.
inline constexpr std::string_view kPartKey = "lifeboat:restore:part";

/// What the mark in a database says; empty if there is none. Leaves the connection in it.
[[nodiscard]] std::string read_mark(resp::Connection& connection, std::uint32_t database);
/// Throws Error(denied, unavailable).
void set_mark(resp::Connection& connection, std::uint32_t database, std::string_view text);
/// False if it was gone: somebody emptied the server, or it dropped the key.
[[nodiscard]] bool lift_mark(resp::Connection& connection, std::uint32_t database);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_TARGET_MARK_H_
