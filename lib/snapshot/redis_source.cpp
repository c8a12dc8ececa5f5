#include "snapshot/redis_source.h"

#include "bridge/redis_capture_sink.h"

namespace lifeboat::snapshot {

vault::SourceSummary capture_redis(const RedisSource& source, std::uint16_t place,
                                   vault::SnapshotWriter& writer, Observer& observer,
                                   const std::stop_token& stop) {
  // How much there is decides the size of chunks; the server says what it takes in memory.
  const std::uint64_t expected = redis::probe(source.capture.url, stop).used_memory;
  bridge::RedisCaptureSink sink(writer, place, source.name, expected);
  const redis::Capture capture = redis::capture(source.capture, sink, observer, stop);
  sink.finish(capture);
  vault::SourceSummary summary = sink.summarize(capture, source.name);
  if (!capture.exact) {
    observer.warned("the capture is fuzzy: " + capture.reason);
    summary.not_carried.push_back({"one moment of all keys", capture.reason, Severity::loss});
  }
  return summary;
}

}  // namespace lifeboat::snapshot
