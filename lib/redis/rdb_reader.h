#ifndef LIFEBOAT_REDIS_RDB_READER_H_
#define LIFEBOAT_REDIS_RDB_READER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace lifeboat::redis {

/// The pieces that values of an RDB, and of DUMP, are made of. Every read is bounded; what does not
/// fit is Error(corrupt). Keeps a view.
class RdbReader {
 public:
  explicit RdbReader(ByteView bytes) : rest_(bytes) {}

  [[nodiscard]] std::uint8_t byte();
  [[nodiscard]] ByteView raw(std::size_t count);
  [[nodiscard]] std::uint64_t little_endian(std::size_t bytes);
  /// A count or a length.
  [[nodiscard]] std::uint64_t length();
  /// Bytes, an integer as text, or compressed bytes (LZF; at most 512 MiB when unpacked).
  [[nodiscard]] std::string text();
  /// "1.5" as the older kind of sorted set has it.
  [[nodiscard]] double old_double();
  [[nodiscard]] double binary_double();
  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
  /// Throws unless `count` elements of at least `least_bytes` each can still come.
  [[nodiscard]] std::uint64_t count_of(std::uint64_t count, std::size_t least_bytes) const;

 private:
  ByteView rest_;
};

/// Elements of the packed encodings, integers as text. Throws Error(corrupt).
[[nodiscard]] std::vector<std::string> read_listpack(ByteView bytes);
[[nodiscard]] std::vector<std::string> read_ziplist(ByteView bytes);
[[nodiscard]] std::vector<std::string> read_intset(ByteView bytes);

/// A signed little-endian integer of 1, 2, 4 or 8 bytes in decimal.
[[nodiscard]] std::string integer_text(ByteView little_endian);

/// LZF, as liblzf packs. Throws Error(corrupt) unless it gives exactly `plain_bytes`.
[[nodiscard]] std::string unpack_lzf(ByteView packed, std::size_t plain_bytes);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_RDB_READER_H_
