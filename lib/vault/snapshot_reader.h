#ifndef LIFEBOAT_VAULT_SNAPSHOT_READER_H_
#define LIFEBOAT_VAULT_SNAPSHOT_READER_H_

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "stream/source.h"
#include "vault/blob.h"
#include "vault/list.h"
#include "vault/row_sum.h"
#include "vault/vault.h"

namespace lifeboat::vault {

/// Reads one snapshot with an identity. All functions are thread-safe; a Source is one thread's.
/// Every byte that leaves here was authenticated and compared with its id.
///
/// Memory: 61 bytes an index entry; each Source up to 4 MiB of stored bytes and one blob.
class SnapshotReader {
 public:
  /// Loads the index. `vault` must outlive this and everything it returns. Throws denied unless the
  /// capability is an identity's, corrupt.
  SnapshotReader(const Vault& vault, SnapshotRecord record);

  [[nodiscard]] const SnapshotRecord& record() const noexcept { return record_; }
  [[nodiscard]] const SnapshotBody& body() const { return *record_.body; }

  [[nodiscard]] const std::vector<StreamEntry>& streams() const noexcept { return streams_; }
  /// Nothing if this source has no stream of that kind and name.
  [[nodiscard]] const StreamEntry* find_stream(std::uint16_t source, StreamKind kind,
                                               const std::string& name) const;
  /// A whole document. Throws corrupt if the snapshot has none of that name.
  [[nodiscard]] Bytes document(std::uint16_t source, const std::string& name) const;
  [[nodiscard]] std::vector<RangeEntry> ranges(const StreamEntry& stream) const;
  [[nodiscard]] RowSum facts(const RangeEntry& range) const;
  /// The bytes of a range; throws corrupt before the end if they are not what was captured.
  [[nodiscard]] std::unique_ptr<stream::Source> open(const RangeEntry& range) const;

  /// The key of row sums in this snapshot.
  [[nodiscard]] const seal::SecretArray<16>& row_key() const noexcept { return keys_.row; }

  /// Throws corrupt unless every pack that this snapshot's streams need is in the store with its
  /// full length: looked at before anything is touched that a restore would change.
  void require_packs() const;

  /// One blob, for checks.
  [[nodiscard]] Bytes read_blob(const BlobId& id) const;

 private:
  friend class RangeSource;
  /// Throws corrupt if a list leads to one of these packs; for each it is said what is wrong.
  void require_unneeded(const std::map<ObjectHash, std::string>& wrong) const;
  [[nodiscard]] BlobLocation locate(const BlobId& id) const;
  [[nodiscard]] const SessionKeys& session_keys(const BlobLocation& location) const;
  [[nodiscard]] BlobContext context_of(const BlobLocation& location) const;
  [[nodiscard]] Bytes fetch(const BlobLocation& location) const;
  [[nodiscard]] Bytes fetch_list(const BlobId& id) const;

  const Vault& vault_;
  SnapshotRecord record_;
  WriterKeys keys_;
  IndexKeys index_keys_;
  Index index_;
  std::vector<StreamEntry> streams_;
  mutable std::mutex sessions_mutex_;
  mutable std::map<SessionId, SessionKeys> sessions_;
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_SNAPSHOT_READER_H_
