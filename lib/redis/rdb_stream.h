#ifndef LIFEBOAT_REDIS_RDB_STREAM_H_
#define LIFEBOAT_REDIS_RDB_STREAM_H_

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "stream/source.h"

namespace lifeboat::redis {

/// The pieces that an RDB is made of, out of bytes that are still coming, with the CRC64 of all
/// that was taken. What was taken can be kept, and taken a second time. What breaks off, or cannot
/// be, is Error(corrupt). Not thread-safe.
///
/// Memory: 512 KiB, what is kept, and what one call returns. It grows with what comes, never with
/// what a length promises.
class RdbStream {
 public:
  /// `source` must outlive this.
  explicit RdbStream(stream::Source& source) : source_(source) {}

  [[nodiscard]] std::uint8_t byte();
  /// Valid until the next call.
  [[nodiscard]] ByteView take(std::size_t count);
  void pass(std::uint64_t count);
  [[nodiscard]] std::uint64_t little_endian(std::size_t bytes);
  /// A count or a length.
  [[nodiscard]] std::uint64_t length();

  /// What stands in front of bytes: how they are stored, and how many they are.
  struct Text {
    enum class Form {
      raw,
      integer,  ///< of `stored` bytes, little-endian
      lzf,      ///< compressed
    };
    Form form = Form::raw;
    std::uint64_t stored = 0;  ///< bytes that follow
    std::uint64_t plain = 0;   ///< bytes that they mean; of an integer, at the most
  };
  [[nodiscard]] Text text_head();
  /// Bytes, unpacked. Throws if they are more than `most`.
  [[nodiscard]] std::string text(std::uint64_t most);

  /// What is taken from here on is kept, until rewind() or release().
  void keep();
  [[nodiscard]] ByteView kept() const;
  /// Goes back to where keep() was called.
  void rewind();
  void release();

  /// Of everything up to here.
  [[nodiscard]] std::uint64_t crc();
  /// Whether nothing more comes. Blocks until it is known.
  [[nodiscard]] bool at_end() { return !fill(1); }

 private:
  [[nodiscard]] bool fill(std::size_t count);
  void need(std::size_t count);
  void drop_used();
  [[nodiscard]] std::size_t here() const noexcept { return end_ - at_; }
  void sum_up();

  stream::Source& source_;
  Bytes window_;  ///< of which the front up to `end_` has come
  std::size_t end_ = 0;
  std::size_t at_ = 0;      ///< what stands before it was taken
  std::size_t summed_ = 0;  ///< what stands before it is in `crc_`
  std::optional<std::size_t> kept_;
  std::uint64_t crc_ = 0;
};

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_RDB_STREAM_H_
