#ifndef LIFEBOAT_VAULT_SNAPSHOT_WRITER_H_
#define LIFEBOAT_VAULT_SNAPSHOT_WRITER_H_

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "vault/chain_end.h"
#include "vault/fence.h"
#include "vault/range_writer.h"
#include "vault/session_writer.h"
#include "vault/vault.h"

namespace lifeboat::vault {

/// One snapshot on its way into a vault. Destruction without commit() leaves nothing that counts
/// but the flushes written so far, suspend() all that a later run can use.
/// Ranges are written by several threads at once; everything else by one.
class SnapshotWriter {
 public:
  /// Reads the writer's newest snapshot (its base; of a chain that forks each branch's), the marks
  /// that are newer, its index, and what runs that broke off since have left; starts a session.
  /// Throws denied unless the capability is a writer's that may write `source_names`.
  SnapshotWriter(const Vault& vault, const Clock& clock,
                 const std::vector<std::string>& source_names, int lanes);

  /// log2 of the average chunk that the base recorded for this source; 0 = there is none.
  [[nodiscard]] unsigned base_average_log2(const std::string& source_name) const;

  [[nodiscard]] SessionWriter& session() noexcept { return session_; }

  /// `source` is the place that its summary will have in commit().
  void add_stream(std::uint16_t source, StreamKind kind, const std::string& name,
                  const std::vector<RangeEntry>& ranges);
  void add_document(std::uint16_t source, const std::string& name, ByteView content);

  /// What this snapshot has added to the store so far.
  [[nodiscard]] std::uint64_t stored_bytes() const noexcept { return session_.stored_bytes(); }

  /// Stored bytes of blobs that runs which broke off left, and that this snapshot uses.
  [[nodiscard]] std::uint64_t resumed_bytes() const { return session_.resumed_bytes(); }
  /// What could not be taken over from such runs, and why; each is told once. Thread-safe.
  [[nodiscard]] std::vector<std::string> take_warnings() { return left_.take_warnings(); }

  /// Instead of a commit, or after one that threw: keeps what there is for the next run.
  [[nodiscard]] SessionWriter::Kept suspend() noexcept { return session_.suspend(); }

  /// Uploads what is left, looks at the marks again, and writes the record: THE commit point.
  /// Whoever used the same credential meanwhile is chained in front. Throws busy, with nothing
  /// committed, if the run took longer than a run may, or if a pruner condemned what it used and
  /// that is gone: docs/format/vault.md §17.5.
  [[nodiscard]] SnapshotRecord commit(std::vector<SourceSummary> sources, bool complete,
                                      const std::vector<std::string>& tags);

 private:
  /// Moves what this run uses out of packs that were condemned since the last look.
  [[nodiscard]] std::vector<SegmentRef> rescued(std::vector<SegmentRef> own);
  /// What the record's live set takes over from the newest record that counts.
  [[nodiscard]] std::vector<SegmentRef> taken_over(const std::vector<SnapshotRecord>& ends);
  void require_young() const;
  /// After a record was stored: throws busy if a sweep voided it, because this process stood still
  /// for days since it `looked` at the marks.
  void require_not_passed_over(const SnapshotRecord& record, Instant looked);

  const Vault& vault_;
  const Clock& clock_;
  Instant started_;
  std::vector<SnapshotRecord> ends_;  ///< of its chain's branches, those to build upon
  Fence fence_;
  BaseIndex base_index_;
  std::optional<SnapshotRecord> base_;  ///< the newest of them
  Flushes left_;
  SessionWriter session_;
  std::vector<StreamEntry> streams_;
  std::uint64_t rescued_bytes_ = 0;
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_SNAPSHOT_WRITER_H_
