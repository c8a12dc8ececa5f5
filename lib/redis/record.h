#ifndef LIFEBOAT_REDIS_RECORD_H_
#define LIFEBOAT_REDIS_RECORD_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "stream/source.h"

/// What a stream of keys consists of: docs/format/redis.md, "Records".
namespace lifeboat::redis {

enum class Tag : std::uint8_t { value = 1, piece = 2, gone = 3 };

inline constexpr std::uint64_t kNoExpiry = ~std::uint64_t{0};

/// An expiry put off by `delay`; no expiry stays none.
[[nodiscard]] constexpr std::uint64_t delayed_expiry(std::uint64_t expiry_ms,
                                                     std::chrono::milliseconds delay) noexcept {
  return expiry_ms == kNoExpiry ? kNoExpiry : expiry_ms + static_cast<std::uint64_t>(delay.count());
}

/// One record; its views die with what they look at.
struct Record {
  Tag tag = Tag::value;
  std::uint32_t database = 0;
  std::uint64_t expiry_ms = kNoExpiry;  ///< since 1970
  std::string_view key;
  ByteView body;
};

/// Appends the record to `to`. Throws Error(internal) if it is longer than the format can say.
void append_record(Bytes& to, const Record& record);

/// One whole record, as append_record() wrote it. Throws Error(corrupt). Views of `bytes`.
[[nodiscard]] Record decode_record(ByteView bytes);

enum class PieceType : std::uint8_t { string = 1, list = 2, set = 3, sorted_set = 4, hash = 5 };

/// The body of a record with tag piece.
struct Piece {
  PieceType type = PieceType::string;
  std::uint32_t number = 0;
  bool last = false;
  std::vector<std::string_view> elements;
};
[[nodiscard]] Bytes encode(const Piece& piece);
/// Throws Error(corrupt). The elements are views of `body`.
[[nodiscard]] Piece decode_piece(ByteView body);

/// Records out of the bytes of a range. Not thread-safe. Memory: the longest record.
class RecordReader {
 public:
  /// `source` must outlive this.
  explicit RecordReader(stream::Source& source) : source_(source) {}

  /// Valid until the next call; nothing at the end. Throws Error(corrupt) on what the format
  /// forbids, pieces out of order included.
  [[nodiscard]] std::optional<Record> next();

 private:
  [[nodiscard]] bool fill(std::size_t bytes);
  void check_order(const Record& record);

  stream::Source& source_;
  Bytes buffer_;
  std::size_t at_ = 0;
  bool ended_ = false;
  /// The key whose pieces are still coming, and what the next must be.
  struct Open {
    std::uint32_t database = 0;
    std::string key;
    PieceType type = PieceType::string;
    std::uint32_t next = 0;
  };
  std::optional<Open> open_;
};

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_RECORD_H_
