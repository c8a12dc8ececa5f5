#ifndef LIFEBOAT_REDIS_RECORD_WRITER_H_
#define LIFEBOAT_REDIS_RECORD_WRITER_H_

#include <cstdint>
#include <string>

#include "redis/record.h"

namespace lifeboat::redis {

/// Takes the records of a capture, in order, on its thread.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  /// One encoded record. The view dies with the call.
  virtual void record(ByteView record) = 0;
  /// The range ends here. Not called twice without a record between.
  virtual void end_range() = 0;
  /// What came so far is void: the capture begins anew.
  virtual void discard() = 0;
};

/// Encodes records and ends ranges where docs/format/redis.md says. Not thread-safe.
/// Memory: one record.
class RecordWriter {
 public:
  explicit RecordWriter(RecordSink& sink) : sink_(sink) {}

  void write(const Record& record);
  /// A scan or a round ends here.
  void end_round();
  /// The capture begins anew.
  void discard();

  [[nodiscard]] std::uint64_t records() const noexcept { return records_; }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  RecordSink& sink_;
  Bytes buffer_;
  std::uint64_t in_range_ = 0;
  std::uint64_t records_ = 0;
  std::uint64_t bytes_ = 0;
};

/// Whether a range ends behind this key.
[[nodiscard]] bool cuts_behind(std::uint32_t database, std::string_view key);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_RECORD_WRITER_H_
