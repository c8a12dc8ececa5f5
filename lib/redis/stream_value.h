#ifndef LIFEBOAT_REDIS_STREAM_VALUE_H_
#define LIFEBOAT_REDIS_STREAM_VALUE_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redis/rdb_reader.h"

/// The value of a stream in an RDB: nodes of entries, then ids, then consumer groups.
namespace lifeboat::redis {

struct StreamId {
  std::uint64_t ms = 0;
  std::uint64_t sequence = 0;
  friend auto operator<=>(const StreamId&, const StreamId&) = default;
  /// "1700000000000-0".
  [[nodiscard]] std::string text() const;
};

/// What stands behind the entries.
struct StreamTail {
  std::uint64_t entries = 0;
  StreamId last;
  /// From Redis 7.0 on: how many were ever added, and the highest id that was deleted.
  struct Counters {
    std::uint64_t added = 0;
    StreamId last_deleted;
  };
  std::optional<Counters> counters;
};

struct StreamGroup {
  struct Pending {
    StreamId id;
    std::uint64_t delivered_ms = 0;
    std::uint64_t deliveries = 0;
  };
  struct Consumer {
    std::string name;
    std::vector<StreamId> pending;  ///< which of the group's are its
  };
  std::string name;
  StreamId last;
  std::optional<std::int64_t> entries_read;  ///< from Redis 7.0 on; -1 = not known
  std::vector<Pending> pending;
  std::vector<Consumer> consumers;
};

/// Takes a stream's parts in order: entries, one tail, groups. Views die with the call.
class StreamVisitor {
 public:
  /// Names and values in turn.
  using Fields = std::vector<std::string_view>;
  virtual ~StreamVisitor() = default;
  /// An entry that was not deleted.
  virtual void entry(StreamId id, const Fields& fields) = 0;
  virtual void tail(const StreamTail& tail) = 0;
  virtual void group(const StreamGroup& group) = 0;
};

/// From behind the type byte (15, 19 or 21). Throws Error(corrupt).
void read_stream(RdbReader& in, unsigned rdb_type, StreamVisitor& visitor);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_STREAM_VALUE_H_
