#ifndef LIFEBOAT_VAULT_VAULT_H_
#define LIFEBOAT_VAULT_VAULT_H_

#include <optional>
#include <vector>

#include "store/object_store.h"
#include "vault/capability.h"
#include "vault/index.h"
#include "vault/keyring.h"
#include "vault/object_names.h"
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

  /// Whether the names of records end in a part of their hash: docs/format/vault.md §2.1.
  [[nodiscard]] bool has_hashed_names() const noexcept { return state_.format.hashed_names; }
  /// What a name says. Nothing for a name that no object of this vault has: in each naming mode
  /// those of the other are none.
  [[nodiscard]] std::optional<names::Parsed> parse_name(const std::string& name) const;
  [[nodiscard]] LinkPlace place_of(std::uint64_t seq, const ObjectHash& id) const;
  [[nodiscard]] store::ObjectKey key_of(ObjectType type, const Link& link) const;

  /// The newest record of a chain that is not void, by one listing and one read. Throws stale if a
  /// revoked author's cut-off names another record than is there, or one that is missing.
  [[nodiscard]] std::optional<SnapshotRecord> head_snapshot(const TrustedKey& writer) const;
  [[nodiscard]] std::optional<OtherRecord> head_record(const TrustedKey& author) const;
  /// All records at the place of the newest: more than one only where the chain forks there, which
  /// it may in naming mode hashed; the one that was finished last is the first.
  [[nodiscard]] std::vector<SnapshotRecord> head_snapshots(const TrustedKey& writer) const;
  [[nodiscard]] std::vector<OtherRecord> head_records(const TrustedKey& author) const;

  /// A record as stored at that place of a chain. Throws stale if it is missing.
  [[nodiscard]] Bytes fetch_link(ObjectType type, const KeyId& author,
                                 const LinkPlace& place) const;
  /// Verifies a record that stands at that place of a chain. Throws corrupt; stale if it belongs to
  /// another place.
  [[nodiscard]] SnapshotRecord decode_snapshot(const TrustedKey& writer, const LinkPlace& place,
                                               ByteView stored) const;
  [[nodiscard]] OtherRecord decode_record(const TrustedKey& author, const LinkPlace& place,
                                          ByteView stored) const;
  /// seq of the newest record of a chain, void or not; 0 = there is none. One listing.
  [[nodiscard]] std::uint64_t head_seq(ObjectType type, const KeyId& author) const;

  /// Fetches a segment that a valid record names, checks its hash, verifies and decrypts it.
  /// Throws denied where the keys are not held, corrupt, and corrupt if it is missing.
  [[nodiscard]] IndexSegment read_segment(const SegmentRef& ref, const KeyId& writer) const;
  [[nodiscard]] Index read_index(const SnapshotRecord& record) const;

 private:
  [[nodiscard]] std::vector<LinkPlace> head_places(ObjectType type, const TrustedKey& author) const;

  store::ObjectStore& store_;
  Capability capability_;
  KeyId self_id_;
  TrustState state_;
  Keyring keyring_;
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_VAULT_H_
