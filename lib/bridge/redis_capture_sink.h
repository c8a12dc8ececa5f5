#ifndef LIFEBOAT_BRIDGE_REDIS_CAPTURE_SINK_H_
#define LIFEBOAT_BRIDGE_REDIS_CAPTURE_SINK_H_

#include <optional>
#include <string>
#include <vector>

#include "redis/capture.h"
#include "redis/record_writer.h"
#include "vault/snapshot_writer.h"

namespace lifeboat::bridge {

/// Takes the records of a capture of Redis and writes them into a snapshot, range by range.
/// `writer` must outlive this. Used by one thread.
class RedisCaptureSink final : public redis::RecordSink {
 public:
  /// `source` is the place of the source in the snapshot's record; `expected_bytes` of records, by
  /// which the size of chunks is chosen.
  RedisCaptureSink(vault::SnapshotWriter& writer, std::uint16_t source,
                   const std::string& source_name, std::uint64_t expected_bytes);

  void record(ByteView record) override;
  void end_range() override;
  /// The chunks that were stored stay, referred to by nothing.
  void discard() override;

  /// Adds the stream of keys and the documents to the snapshot. Call once, after the capture has
  /// returned.
  void finish(const redis::Capture& capture);

  /// What the record says of this source.
  [[nodiscard]] vault::SourceSummary summarize(const redis::Capture& capture,
                                               const std::string& source_name) const;

 private:
  vault::SnapshotWriter& writer_;
  std::uint16_t source_;
  unsigned average_log2_;
  std::optional<vault::RangeWriter> open_;
  std::vector<vault::RangeEntry> ranges_;
};

}  // namespace lifeboat::bridge

#endif  // LIFEBOAT_BRIDGE_REDIS_CAPTURE_SINK_H_
