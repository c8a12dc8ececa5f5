#ifndef LIFEBOAT_VAULT_SNAPSHOT_RECORD_H_
#define LIFEBOAT_VAULT_SNAPSHOT_RECORD_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/not_carried.h"
#include "vault/condemned.h"
#include "vault/index.h"
#include "vault/record_frame.h"
#include "vault/types.h"

namespace lifeboat::vault {

/// SourceSummary::guarantee of a source of which only the state was recorded, and no data.
inline constexpr std::string_view kInventory = "inventory";

/// What a viewer may know of one source in a snapshot.
struct SourceSummary {
  std::string name;       ///< "shop-db"
  std::string kind;       ///< "postgres"
  std::string identity;   ///< JSON
  Instant at;             ///< the moment the source was taken
  std::string guarantee;  ///< "exact"
  std::uint64_t rows = 0;
  std::uint64_t read_bytes = 0;
  std::uint64_t tables = 0;
  std::string version;  ///< "15.20"
  std::vector<NotCarried> not_carried;
  unsigned average_log2 = 0;

  /// Whether there is anything to restore and to prove: of a cache there is an inventory alone.
  [[nodiscard]] bool holds_data() const { return guarantee != kInventory; }
};

/// The sealed part of a snapshot record.
struct SnapshotBody {
  std::vector<SourceSummary> sources;
  BlobId streams;  ///< root list of StreamEntry
  std::uint64_t stored_bytes = 0;
  std::vector<std::string> tags;
  std::string note;
  std::string reason;
  std::string program;  ///< "lifeboat 0.1.0"
};

struct SessionRef {
  Generation generation = 0;
  SessionId id;
  ObjectHash header_hash;
};

/// The commit point of a snapshot: docs/format/vault.md §12.
struct SnapshotRecord {
  Link link;
  std::vector<SessionRef> sessions;
  std::vector<SegmentRef> segments;  ///< the live set
  bool complete = true;
  Instant store_time;
  ObjectHash base;
  KnownMarks known_marks;            ///< that its writer heeded
  std::optional<SnapshotBody> body;  ///< absent where the key to it is not held

  [[nodiscard]] const SnapshotId& id() const noexcept { return link.id; }

  /// `body` must be there. Sets link.id.
  [[nodiscard]] Bytes encode(const seal::SigningKey& writer, const seal::SecretKey& record_key);
  /// Verifies the signature and that its writer was allowed to write it. `record_key` may be
  /// absent.
  [[nodiscard]] static SnapshotRecord decode(ByteView stored, const VaultId& vault,
                                             const TrustedKey& writer,
                                             const std::optional<seal::SecretKey>& record_key);
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_SNAPSHOT_RECORD_H_
