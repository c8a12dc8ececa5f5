#ifndef LIFEBOAT_VAULT_VAULT_H_
#define LIFEBOAT_VAULT_VAULT_H_

#include <functional>
#include <optional>
#include <vector>

#include "store/object_store.h"
#include "vault/capability.h"
#include "vault/index.h"
#include "vault/keyring.h"
#include "vault/other_record.h"
#include "vault/snapshot_record.h"
#include "vault/trust.h"
#include "vault/types.h"

namespace lifeboat::vault {

/// An open vault: a store, verified trust, and the keys that one capability unlocks.
/// Immutable after opening, so thread-safe; the store must outlive it.
class Vault {
 public:
  /// Throws what load_trust() throws.
  Vault(store::ObjectStore& store, Capability capability);

  [[nodiscard]] store::ObjectStore& store() const noexcept { return store_; }
  [[nodiscard]] const Capability& self() const noexcept { return capability_; }
  [[nodiscard]] const KeyId& self_id() const noexcept { return self_id_; }
  [[nodiscard]] const VaultId& id() const noexcept { return state_.format.vault; }
  [[nodiscard]] const TrustState& state() const noexcept { return state_; }
  [[nodiscard]] const Trust& trust() const noexcept { return state_.trust; }
  [[nodiscard]] Generation generation() const noexcept { return state_.trust.generation; }
  [[nodiscard]] const Keyring& keyring() const noexcept { return keyring_; }

  /// Throws denied, naming the role that is needed, unless this capability has it.
  void require_role(Role role, std::string_view doing) const;

  /// Reads and verifies one record of a writer's chain. Throws stale if it is missing.
  [[nodiscard]] SnapshotRecord read_snapshot(const TrustedKey& writer, std::uint64_t seq) const;
  /// The newest record of a chain that is not void, by one listing and one read. Throws stale if a
  /// revoked author's cut-off names another record than is there, or one that is missing.
  [[nodiscard]] std::optional<SnapshotRecord> head_snapshot(const TrustedKey& writer) const;
  [[nodiscard]] OtherRecord read_record(const TrustedKey& author, std::uint64_t seq) const;
  /// A record as stored at that place of a chain. Throws stale if it is missing.
  [[nodiscard]] Bytes fetch_link(ObjectType type, const KeyId& author, std::uint64_t seq) const;
  /// Verifies a record that stands at that place of a chain. Throws corrupt; stale if it belongs to
  /// another place.
  [[nodiscard]] SnapshotRecord decode_snapshot(const TrustedKey& writer, std::uint64_t seq,
                                               ByteView stored) const;
  [[nodiscard]] OtherRecord decode_record(const TrustedKey& author, std::uint64_t seq,
                                          ByteView stored) const;
  [[nodiscard]] std::optional<OtherRecord> head_record(const TrustedKey& author) const;
  /// seq of the newest record of a chain, void or not; 0 = there is none. One listing.
  [[nodiscard]] std::uint64_t head_seq(ObjectType type, const KeyId& author) const;
  /// The same without records that are void: of a revoked author its cut-off.
  [[nodiscard]] std::uint64_t valid_head_seq(ObjectType type, const TrustedKey& author) const;

  /// Fetches a segment that a valid record names, checks its hash, verifies and decrypts it.
  /// Throws denied where the keys are not held, corrupt, and corrupt if it is missing.
  [[nodiscard]] IndexSegment read_segment(const SegmentRef& ref, const KeyId& writer) const;
  [[nodiscard]] Index read_index(const SnapshotRecord& record) const;

 private:
  store::ObjectStore& store_;
  Capability capability_;
  KeyId self_id_;
  TrustState state_;
  Keyring keyring_;
};

/// Adds to a chain of this vault's own: asks `make` for the stored record that follows `seq` and
/// `previous`, and tries again behind a record that somebody else with the same credential put
/// there first. Returns the seq. Throws busy after 1,000 lost races.
std::uint64_t append_to_chain(
    const Vault& vault, ObjectType type,
    const std::function<Bytes(std::uint64_t seq, const std::optional<SnapshotRecord>& head_snapshot,
                              const ObjectHash& previous)>& make);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_VAULT_H_
