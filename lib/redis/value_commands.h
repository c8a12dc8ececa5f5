#ifndef LIFEBOAT_REDIS_VALUE_COMMANDS_H_
#define LIFEBOAT_REDIS_VALUE_COMMANDS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "redis/value_reader.h"

/// A value as commands of its type: for servers that do not take its payload.
namespace lifeboat::redis {

/// What a server knows beyond Redis 6.0.
struct StreamAbilities {
  bool consumers = true;  ///< XGROUP CREATECONSUMER (6.2)
  bool counters = true;   ///< XSETID ... ENTRIESADDED, XGROUP CREATE ... ENTRIESREAD (7.0)
};
/// Of a version such as "6.0.16"; one that is not told knows everything.
[[nodiscard]] StreamAbilities abilities_of(std::string_view version);

/// One command. The word at `key_at` is for the caller to fill: under which name to write.
struct WriteCommand {
  std::vector<std::string> words;
  std::size_t key_at = 1;
  /// How many elements the reply must have, or something was passed over.
  std::optional<std::size_t> answers;

  [[nodiscard]] std::uint64_t bytes() const;
};
using TakeCommand = std::function<void(WriteCommand&&)>;

struct Translation {
  bool known = true;  ///< false: of a type that only RESTORE can write; nothing was given
  unsigned rdb_type = 0;
  std::vector<std::string> inexact;  ///< what of it the target cannot hold
};

/// Gives what writes this value under a name that does not exist yet: SET and APPEND, RPUSH, SADD,
/// ZADD, HSET, XADD with its ids, XGROUP, XCLAIM, XSETID. Commands are of about 256 KiB and 512
/// elements at the most, but for a longer element. Of a stream all is carried but when consumers
/// were last seen: pending entries that were deleted from the stream are added, claimed and deleted
/// again. Throws Error(corrupt) as read_value() does. Memory: one command; 16 bytes a pending
/// entry.
[[nodiscard]] Translation translate(ByteView payload, const StreamAbilities& abilities,
                                    const TakeCommand& take);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_VALUE_COMMANDS_H_
