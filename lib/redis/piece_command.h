#ifndef LIFEBOAT_REDIS_PIECE_COMMAND_H_
#define LIFEBOAT_REDIS_PIECE_COMMAND_H_

#include <string_view>
#include <vector>

#include "redis/record.h"

namespace lifeboat::redis {

/// The command that adds a piece's elements to `key`: APPEND, RPUSH, SADD, ZADD or HSET. The piece
/// has elements. Views of the piece and of `key`. Throws Error(corrupt) for half a pair.
[[nodiscard]] std::vector<std::string_view> command_of(const Piece& piece, std::string_view key);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_PIECE_COMMAND_H_
