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

std::uint16_t find_redis_source(const vault::SnapshotBody& body,
                                const std::optional<std::string>& name) {
  std::optional<std::uint16_t> found;
  for (std::size_t i = 0; i < body.sources.size(); ++i) {
    const vault::SourceSummary& source = body.sources[i];
    if (source.kind != kRedisKind || (name && source.name != *name)) continue;
    if (!name && !source.holds_data()) continue;  // a cache: it has no keys to restore
    if (found) {
      throw Error(ErrorKind::usage, "the snapshot holds several Redis sources",
                  "name one with --source");
    }
    found = static_cast<std::uint16_t>(i);
  }
  if (!found) {
    throw Error(ErrorKind::not_found, name ? "the snapshot holds no Redis source " + *name
                                           : std::string("the snapshot holds no Redis source"));
  }
  return *found;
}

void refuse_inventory(const vault::SourceSummary& source) {
  if (source.holds_data()) return;
  throw Error(ErrorKind::refused,
              "the snapshot holds an inventory of the cache " + source.name + ", and no keys",
              "empty the cache in its place: --source " + source.name + " --flush HOST:PORT");
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
