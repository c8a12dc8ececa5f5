#include "bridge/redis_record_source.h"

#include "base/error.h"
#include "bridge/redis_streams.h"

namespace lifeboat::bridge {

RedisRecordSource::RedisRecordSource(const vault::SnapshotReader& reader, std::uint16_t source)
    : reader_(reader),
      server_(redis::captured_server_from_json(as_text(reader.document(source, kServerDocument)))) {
  const auto* keys = reader.find_stream(source, vault::StreamKind::keys, kKeyStream);
  if (keys == nullptr) throw Error(ErrorKind::corrupt, "the snapshot has no stream of Redis keys");
  ranges_ = reader.ranges(*keys);
  if (reader.find_stream(source, vault::StreamKind::document, kFunctionsDocument) != nullptr) {
    functions_ = reader.document(source, kFunctionsDocument);
  }
}

std::unique_ptr<stream::Source> RedisRecordSource::open_range(std::size_t range) {
  return reader_.open(ranges_.at(range));
}

std::uint64_t RedisRecordSource::total_bytes() const {
  std::uint64_t total = 0;
  for (const vault::RangeEntry& range : ranges_) total += range.plain_bytes;
  return total;
}

}  // namespace lifeboat::bridge
