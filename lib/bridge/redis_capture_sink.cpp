#include "bridge/redis_capture_sink.h"

#include "base/error.h"
#include "bridge/redis_streams.h"
#include "redis/server_json.h"
#include "vault/chunker.h"

namespace lifeboat::bridge {

RedisCaptureSink::RedisCaptureSink(vault::SnapshotWriter& writer, std::uint16_t source,
                                   const std::string& source_name, std::uint64_t expected_bytes)
    : writer_(writer),
      source_(source),
      average_log2_(
          vault::average_log2_for(expected_bytes, writer.base_average_log2(source_name))) {}

void RedisCaptureSink::record(ByteView record) {
  if (!open_) open_.emplace(writer_.session(), average_log2_);
  open_->add(record);
}

void RedisCaptureSink::end_range() {
  if (!open_) throw Error(ErrorKind::internal, "a range of Redis keys without a record");
  ranges_.push_back(open_->finish(ranges_.size()));
  open_.reset();
}

void RedisCaptureSink::discard() {
  open_.reset();
  ranges_.clear();
}

void RedisCaptureSink::finish(const redis::Capture& capture) {
  writer_.session().lane_ended();
  writer_.add_stream(source_, vault::StreamKind::keys, kKeyStream, ranges_);
  writer_.add_document(source_, kServerDocument, as_bytes(redis::to_json(capture)));
  if (capture.functions) writer_.add_document(source_, kFunctionsDocument, *capture.functions);
}

vault::SourceSummary RedisCaptureSink::summarize(const redis::Capture& capture,
                                                 const std::string& source_name) const {
  vault::SourceSummary summary;
  summary.name = source_name;
  summary.kind = kRedisKind;
  summary.identity = redis::identity_json(capture);
  summary.at = capture.at;
  summary.guarantee = capture.guarantee();
  summary.rows = capture.keys();
  summary.read_bytes = capture.read_bytes;
  summary.version = capture.server.version;
  summary.not_carried = capture.not_carried;
  summary.average_log2 = average_log2_;
  return summary;
}

}  // namespace lifeboat::bridge
