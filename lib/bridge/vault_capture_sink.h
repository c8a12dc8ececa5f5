#ifndef LIFEBOAT_BRIDGE_VAULT_CAPTURE_SINK_H_
#define LIFEBOAT_BRIDGE_VAULT_CAPTURE_SINK_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "postgres/capture.h"
#include "vault/snapshot_writer.h"

namespace lifeboat::bridge {

/// Takes what a Postgres capture reads and writes it into a snapshot, range by range, on the
/// capture's own threads. `writer` must outlive this.
class VaultCaptureSink final : public postgres::CaptureSink {
 public:
  /// `source` is the place of the source in the snapshot's record.
  VaultCaptureSink(vault::SnapshotWriter& writer, std::uint16_t source,
                   const std::string& source_name);

  void begin(const postgres::Catalogue& catalogue) override;
  [[nodiscard]] std::unique_ptr<postgres::RangeSink> open_range(
      std::size_t table, const postgres::Range& range) override;
  [[nodiscard]] std::unique_ptr<postgres::RangeSink> open_large_objects() override;
  /// What this reader has packed goes to the vault while others still read.
  void reader_ended() override { writer_.session().lane_ended(); }

  /// Adds the streams of all tables and the capture's documents to the snapshot. Call once, after
  /// the capture has returned.
  void finish(const postgres::Capture& capture);

  [[nodiscard]] unsigned average_log2() const noexcept { return average_log2_; }

 private:
  class OpenRange;
  /// Ranges of a finished stream by first block; a range that was read twice counts once.
  using Ranges = std::map<std::uint64_t, vault::RangeEntry>;

  void finished(std::size_t stream, const vault::RangeEntry& entry);

  vault::SnapshotWriter& writer_;
  std::uint16_t source_;
  std::string source_name_;
  unsigned average_log2_ = 0;
  std::size_t tables_ = 0;
  std::mutex mutex_;
  std::vector<Ranges> streams_;  ///< one a table, then the large objects
};

}  // namespace lifeboat::bridge

#endif  // LIFEBOAT_BRIDGE_VAULT_CAPTURE_SINK_H_
