#ifndef LIFEBOAT_BRIDGE_REDIS_RECORD_SOURCE_H_
#define LIFEBOAT_BRIDGE_REDIS_RECORD_SOURCE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "redis/load.h"
#include "redis/server_json.h"
#include "vault/snapshot_reader.h"

namespace lifeboat::bridge {

/// A Redis source of a snapshot: documents read, the list of ranges walked. `reader` must outlive
/// it. Throws Error(corrupt) if the snapshot lacks a part of it.
class RedisRecordSource final : public redis::RecordSource {
 public:
  RedisRecordSource(const vault::SnapshotReader& reader, std::uint16_t source);

  [[nodiscard]] const redis::CapturedServer& server() const noexcept { return server_; }
  /// Nothing if the server had none.
  [[nodiscard]] const std::optional<Bytes>& functions() const noexcept { return functions_; }

  [[nodiscard]] std::size_t range_count() const override { return ranges_.size(); }
  [[nodiscard]] std::unique_ptr<stream::Source> open_range(std::size_t range) override;
  [[nodiscard]] std::uint64_t total_bytes() const override;

 private:
  const vault::SnapshotReader& reader_;
  redis::CapturedServer server_;
  std::optional<Bytes> functions_;
  std::vector<vault::RangeEntry> ranges_;
};

/// The place of a source in a snapshot: the one of that name, or the only one of kind redis that
/// holds keys (caches are inventories).
/// Throws Error(not_found, usage).
[[nodiscard]] std::uint16_t find_redis_source(const vault::SnapshotBody& body,
                                              const std::optional<std::string>& name);

/// Throws Error(refused) for a source of which the snapshot holds an inventory alone.
void refuse_inventory(const vault::SourceSummary& source);

}  // namespace lifeboat::bridge

#endif  // LIFEBOAT_BRIDGE_REDIS_RECORD_SOURCE_H_
