#ifndef LIFEBOAT_REDIS_RDB_VALUE_H_
#define LIFEBOAT_REDIS_RDB_VALUE_H_

#include <cstdint>
#include <limits>

#include "redis/rdb_stream.h"

namespace lifeboat::redis {

/// Whose numbers of types these are: from 22 on Redis and Valkey count apart.
enum class RdbDialect { redis, valkey };

/// Whether values of this type can be told apart from what stands behind them.
[[nodiscard]] bool is_known_type(RdbDialect dialect, unsigned type);

/// Whether a value of this type can be carried in pieces (rdb_pieces.h).
[[nodiscard]] bool goes_in_pieces(unsigned type);

inline constexpr std::uint64_t kAnyWeight = std::numeric_limits<std::uint64_t>::max();

/// Takes a value, from behind its type and key, and looks at nothing in it but where it ends. False
/// if it weighs more than `most`: the bytes of its elements when they are unpacked, and one for
/// each. Then it stopped in the middle, with no more than `most` bytes taken, or nearly. The type
/// must be known. Throws Error(corrupt).
[[nodiscard]] bool pass_value(RdbStream& in, RdbDialect dialect, unsigned type, std::uint64_t most);

/// Takes what a module stores, from behind its id, up to its end mark.
[[nodiscard]] bool pass_module_data(RdbStream& in, std::uint64_t most);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_RDB_VALUE_H_
