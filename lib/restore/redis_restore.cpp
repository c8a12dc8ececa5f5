#include "restore/redis_restore.h"

#include <algorithm>

#include "bridge/redis_record_source.h"
#include "bridge/redis_streams.h"
#include "vault/snapshot_reader.h"

namespace lifeboat::restore {

bool RedisReport::lost_anything() const {
  const auto is_loss = [](const NotCarried& item) { return item.severity == Severity::loss; };
  return std::ranges::any_of(not_carried, is_loss) ||
         std::ranges::any_of(load.not_restored, is_loss) || (compared && !compared->proven());
}

std::uint16_t find_redis_source(const vault::SnapshotBody& body,
                                const std::optional<std::string>& name) {
  std::optional<std::uint16_t> found;
  for (std::size_t i = 0; i < body.sources.size(); ++i) {
    const vault::SourceSummary& source = body.sources[i];
    if (source.kind != bridge::kRedisKind || (name && source.name != *name)) continue;
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

RedisReport restore_redis(const vault::Vault& vault, const vault::SnapshotRecord& record,
                          RedisRequest request, Observer& observer, std::stop_token stop) {
  const auto started = std::chrono::steady_clock::now();
  const redis::Selection& selection = request.load.selection;
  if (request.compare && (selection.match || selection.database || request.load.replace)) {
    throw Error(ErrorKind::usage, "only a whole restore into an empty server can be compared");
  }
  observer.phase("read the snapshot");
  const vault::SnapshotReader reader(vault, record);
  const std::uint16_t place = find_redis_source(reader.body(), request.source);
  refuse_inventory(reader.body().sources.at(place));
  reader.require_packs();
  bridge::RedisRecordSource source(reader, place);
  const vault::SourceSummary& summary = reader.body().sources.at(place);

  RedisReport report;
  report.snapshot = record.id();
  report.source = summary.name;
  report.at = summary.at;
  report.guarantee = summary.guarantee;
  report.not_carried = summary.not_carried;
  request.load.source_run_id = source.server().run_id;
  request.load.rdb_version = source.server().rdb_version;
  report.load = redis::load(request.load, source, source.functions(), observer, stop);
  if (request.compare) {
    redis::CompareRequest compare;
    compare.url = request.load.url;
    compare.depth = request.load.depth;
    compare.frozen_expiry = request.load.freeze_expiry;
    report.compared = redis::compare(compare, source, source.functions(), observer, stop);
  }
  report.took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - started);
  return report;
}

}  // namespace lifeboat::restore
