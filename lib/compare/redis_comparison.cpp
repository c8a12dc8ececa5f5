#include "compare/redis_comparison.h"

#include "bridge/redis_record_source.h"
#include "resp/address.h"
#include "vault/snapshot_reader.h"

namespace lifeboat::compare {

RedisReport compare_redis(const vault::Vault& vault, const vault::SnapshotRecord& record,
                          const RedisRequest& request, Observer& observer, std::stop_token stop) {
  const auto started = std::chrono::steady_clock::now();
  RedisReport report;
  report.server = resp::parse_address(request.compare.url.text).text();
  observer.phase("read the snapshot");
  const vault::SnapshotReader reader(vault, record);
  const std::uint16_t place = bridge::find_redis_source(reader.body(), request.source);
  bridge::refuse_inventory(reader.body().sources.at(place));
  reader.require_packs();
  bridge::RedisRecordSource source(reader, place);
  const vault::SourceSummary& summary = reader.body().sources.at(place);
  report.snapshot = record.id();
  report.source = summary.name;
  report.at = summary.at;
  report.guarantee = summary.guarantee;
  report.selection = request.compare.selection;
  report.not_carried = summary.not_carried;
  report.compared =
      redis::compare(request.compare, source, source.functions(), observer, std::move(stop));
  report.took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - started);
  return report;
}

}  // namespace lifeboat::compare
