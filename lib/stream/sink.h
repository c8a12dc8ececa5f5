#ifndef LIFEBOAT_STREAM_SINK_H_
#define LIFEBOAT_STREAM_SINK_H_

#include "base/bytes.h"

namespace lifeboat::stream {

/// Takes bytes front to back. Not thread-safe. Destruction without finish() abandons what was
/// written: it never counts as success.
class Sink {
 public:
  virtual ~Sink() = default;
  /// Takes all of `bytes`. Blocks. Throws Error; a sink that threw is dead.
  virtual void write(ByteView bytes) = 0;
  /// Call exactly once, last.
  virtual void finish() = 0;
};

/// Collects in memory, for small things.
class MemorySink final : public Sink {
 public:
  void write(ByteView bytes) override { append(bytes_, bytes); }
  void finish() override {}
  [[nodiscard]] const Bytes& bytes() const noexcept { return bytes_; }
  [[nodiscard]] Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

}  // namespace lifeboat::stream

#endif  // LIFEBOAT_STREAM_SINK_H_
