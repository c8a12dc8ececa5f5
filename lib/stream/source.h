#ifndef LIFEBOAT_STREAM_SOURCE_H_
#define LIFEBOAT_STREAM_SOURCE_H_

#include <cstddef>

#include "base/bytes.h"

namespace lifeboat::stream {

/// Bytes that are read once, front to back. Not thread-safe.
class Source {
 public:
  virtual ~Source() = default;
  /// Fills the front of `buffer` and returns how much, at least one byte; 0 only at the end.
  /// Blocks. Throws Error; a source that threw is dead.
  [[nodiscard]] virtual std::size_t read(MutableByteView buffer) = 0;
};

/// Bytes in memory; keeps its own copy.
class MemorySource final : public Source {
 public:
  explicit MemorySource(Bytes bytes) : bytes_(std::move(bytes)) {}
  [[nodiscard]] std::size_t read(MutableByteView buffer) override;

 private:
  Bytes bytes_;
  std::size_t at_ = 0;
};

/// Reads to the end. Throws Error(corrupt) once more than `limit_bytes` have come.
[[nodiscard]] Bytes read_all(Source& source, std::size_t limit_bytes);

}  // namespace lifeboat::stream

#endif  // LIFEBOAT_STREAM_SOURCE_H_
