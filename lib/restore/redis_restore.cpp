#include "restore/redis_restore.h"

#include <algorithm>

#include "bridge/redis_record_source.h"
#include "vault/snapshot_reader.h"

namespace lifeboat::restore {

bool RedisReport::lost_anything() const {
  const auto is_loss = [](const NotCarried& item) { return item.severity == Severity::loss; };
  return std::ranges::any_of(not_carried, is_loss) ||
         std::ranges::any_of(load.not_restored, is_loss) || (compared && !compared->proven());
}

namespace {

/// A source of a snapshot, its documents read and its packs found.
class Opened {
 public:
  Opened(const vault::Vault& vault, const vault::SnapshotRecord& record,
         const RedisRequest& request, Observer& observer)
      : reader_(begin(vault, record, observer)),
        place_(find(reader_, request)),
        source_(reader_, place_) {}

  [[nodiscard]] bridge::RedisRecordSource& source() noexcept { return source_; }
  [[nodiscard]] const vault::SourceSummary& summary() const {
    return reader_.body().sources.at(place_);
  }
  /// What the snapshot says of itself.
  void fill_in(const vault::SnapshotRecord& record, redis::LoadRequest& load) const {
    load.source_run_id = source_.server().run_id;
    load.rdb_version = source_.server().rdb_version;
    load.databases = source_.server().databases;
    load.snapshot = record.id().hex();
  }

 private:
  static vault::SnapshotReader begin(const vault::Vault& vault, const vault::SnapshotRecord& record,
                                     Observer& observer) {
    observer.phase("read the snapshot");
    return vault::SnapshotReader(vault, record);
  }
  static std::uint16_t find(const vault::SnapshotReader& reader, const RedisRequest& request) {
    const std::uint16_t place = bridge::find_redis_source(reader.body(), request.source);
    bridge::refuse_inventory(reader.body().sources.at(place));
    reader.require_packs();
    return place;
  }

  vault::SnapshotReader reader_;
  std::uint16_t place_;
  bridge::RedisRecordSource source_;
};

}  // namespace

RedisPlan plan_redis(const vault::Vault& vault, const vault::SnapshotRecord& record,
                     RedisRequest request, Observer& observer, std::stop_token stop) {
  Opened opened(vault, record, request, observer);
  opened.fill_in(record, request.load);
  const vault::SourceSummary& summary = opened.summary();
  RedisPlan plan;
  plan.snapshot = record.id();
  plan.source = summary.name;
  plan.at = summary.at;
  plan.guarantee = summary.guarantee;
  plan.not_carried = summary.not_carried;
  plan.keys = summary.rows;
  plan.bytes = opened.source().total_bytes();
  plan.target = redis::check_target(request.load, plan.bytes, std::move(stop));
  return plan;
}

RedisReport restore_redis(const vault::Vault& vault, const vault::SnapshotRecord& record,
                          RedisRequest request, Observer& observer, std::stop_token stop) {
  const auto started = std::chrono::steady_clock::now();
  if (request.compare && request.load.replace) {
    throw Error(ErrorKind::usage, "only what is restored into an empty server can be compared");
  }
  Opened opened(vault, record, request, observer);
  opened.fill_in(record, request.load);
  bridge::RedisRecordSource& source = opened.source();
  const vault::SourceSummary& summary = opened.summary();

  RedisReport report;
  report.snapshot = record.id();
  report.source = summary.name;
  report.at = summary.at;
  report.guarantee = summary.guarantee;
  report.not_carried = summary.not_carried;
  report.load = redis::load(request.load, source, source.functions(), observer, stop);
  if (request.compare) {
    redis::CompareRequest compare;
    compare.url = request.load.url;
    compare.depth = request.load.depth;
    compare.frozen_expiry = request.load.freeze_expiry;
    compare.selection = request.load.selection;
    report.compared = redis::compare(compare, source, source.functions(), observer, stop);
  }
  report.took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - started);
  return report;
}

}  // namespace lifeboat::restore
