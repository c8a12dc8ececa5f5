#ifndef LIFEBOAT_VAULT_BLOB_CHECK_H_
#define LIFEBOAT_VAULT_BLOB_CHECK_H_

#include <map>
#include <vector>

#include "vault/object_names.h"
#include "vault/pack.h"
#include "vault/session.h"
#include "vault/vault.h"

namespace lifeboat::vault {

/// The deepest level of a check: opens every blob of a pack and compares the pack's own directory
/// with what the indexes say of it. Needs an identity. Not thread-safe.
/// Memory: 61 bytes for each blob that an index knows, 16 for each that lies in a pack, 2 KiB for
/// each session.
class BlobCheck {
 public:
  struct Segment {
    SegmentRef ref;
    KeyId writer;
  };
  /// Loads the segments that snapshots need. `vault` must outlive this. Throws as read_segment().
  BlobCheck(const Vault& vault, const std::map<ObjectHash, Segment>& segments);

  /// Checks one pack, whole; returns how many blobs it holds. Throws corrupt.
  [[nodiscard]] std::uint64_t check(ByteView pack, const names::Parsed& name);

  /// After the last pack: the sessions in which one counter served two blobs, which gives away
  /// what both hold (§7). A blob that lies in two packs was moved, and counts once.
  [[nodiscard]] std::vector<SessionId> sessions_that_reused_nonces();

 private:
  void count_entries(const std::map<ObjectHash, Segment>& segments);
  /// A blob under its counter; the id's first bytes tell two blobs apart.
  struct NonceUse {
    std::uint64_t counter;
    std::uint64_t id_prefix;
    friend auto operator<=>(const NonceUse&, const NonceUse&) = default;
  };
  void note_nonce(const SessionId& session, const PackedBlob& blob);
  [[nodiscard]] BlobContext context_in_front(ByteView pack, ObjectType type,
                                             ByteView& in_front) const;
  [[nodiscard]] const Bytes& stored_header(const BlobContext& context);
  /// The header in front of a pack is there for the day when its session object is lost.
  void require_same_header(const BlobContext& context, ByteView in_front);
  void open(ByteView pack, const BlobContext& context, const IndexKeys& index_keys,
            const PackedBlob& blob);
  [[nodiscard]] const SessionKeys& session_keys(const BlobContext& context);

  const Vault& vault_;
  Index all_;
  std::map<ObjectHash, std::uint64_t> entries_of_;  ///< of each pack, as the indexes have it
  std::map<SessionId, Bytes> headers_;              ///< as stored
  std::map<SessionId, SessionKeys> sessions_;
  std::map<SessionId, std::vector<NonceUse>> nonces_;
  BlobOpener opener_;
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_BLOB_CHECK_H_
