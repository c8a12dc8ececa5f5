#ifndef LIFEBOAT_SQUEEZE_ZSTD_H_
#define LIFEBOAT_SQUEEZE_ZSTD_H_

#include <memory>

#include "base/bytes.h"

namespace lifeboat::squeeze {

/// One-shot zstd compression with a context that is used again. Not thread-safe: one a thread.
/// Memory: about 1.3 MiB at level 1.
class Compressor {
 public:
  Compressor();
  ~Compressor();
  Compressor(Compressor&&) noexcept;
  Compressor& operator=(Compressor&&) noexcept;

  /// Replaces `to` by one zstd frame of `plain`.
  void compress(ByteView plain, Bytes& to);

 private:
  struct State;  // keeps <zstd.h> out of this header
  std::unique_ptr<State> state_;
};

/// The counterpart. Not thread-safe: one a thread.
class Decompressor {
 public:
  Decompressor();
  ~Decompressor();
  Decompressor(Decompressor&&) noexcept;
  Decompressor& operator=(Decompressor&&) noexcept;

  /// Exactly `plain_length` bytes, never more memory than that. Throws Error(corrupt) if the frame
  /// does not hold just as much.
  [[nodiscard]] Bytes decompress(ByteView frame, std::size_t plain_length);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lifeboat::squeeze

#endif  // LIFEBOAT_SQUEEZE_ZSTD_H_
