#ifndef LIFEBOAT_REDIS_BIG_KEY_H_
#define LIFEBOAT_REDIS_BIG_KEY_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redis/record.h"
#include "resp/connection.h"

namespace lifeboat::redis {

/// The type as TYPE names it, if values of it can be read in pieces.
[[nodiscard]] std::optional<PieceType> piece_type_of(std::string_view type);

/// Takes elements in order; the views die with the call.
using TakeElements = std::function<void(const std::vector<std::string_view>& elements)>;

/// Reads the value of one key by GETRANGE, LRANGE, SSCAN, ZSCAN or HSCAN, about 1 MiB and at most
/// 1,000 elements a step (each a command that takes the server milliseconds). False if the key is
/// of another type by now. What changes meanwhile may come or not: the caller has to know of it.
/// `average_bytes` of an element decides how many are asked for.
[[nodiscard]] bool read_in_pieces(resp::Connection& connection, const std::string& key,
                                  PieceType type, std::uint64_t average_bytes,
                                  const TakeElements& take);

/// The command that tells how many elements (of a string, bytes) a value has.
[[nodiscard]] std::string_view length_command(PieceType type);
/// What it tells; 0 also if the key is of another type.
[[nodiscard]] std::uint64_t length_of(resp::Connection& connection, const std::string& key,
                                      PieceType type);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_BIG_KEY_H_
