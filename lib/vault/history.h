#ifndef LIFEBOAT_VAULT_HISTORY_H_
#define LIFEBOAT_VAULT_HISTORY_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "vault/chain_reader.h"
#include "vault/snapshot_word.h"
#include "vault/vault.h"

namespace lifeboat::vault {

/// Something wrong with what is stored.
struct Problem {
  ErrorKind kind = ErrorKind::corrupt;  ///< corrupt, stale or denied
  std::string object;                   ///< its name in the store
  std::string what;
  /// Two records of one place of a chain, both shown: stale, but nothing is hidden by it.
  bool fork = false;
};

/// Records behind the cut-off of a revoked author: nobody lists, restores or believes them.
struct VoidRecords {
  KeyId author;
  std::string name;  ///< of its key
  Role role = Role::writer;
  std::uint64_t records = 0;  ///< 1 or more
};

/// How far a snapshot is proven. Each of its sources that holds data counts by the newest
/// attestation that names it; sources in attestations count where the record's body is sealed.
struct Proofs {
  std::optional<Verdict> verdict;  ///< proven: every source is; not_proven: one is not; or nothing
  std::vector<std::string> unproven;    ///< sources that are not proven, or were never tried
  const Attestation* newest = nullptr;  ///< of the snapshot; nothing = it was never tried
  /// When the last of its sources was proven, whatever was said of it later; nothing if one never
  /// was.
  std::optional<Instant> proven_at;
};

/// A snapshot whose writer missed a mark that was swept: it is void, and what it needs may be gone.
struct MissedMark {
  KeyId author;
  std::string name;  ///< of its key
  std::uint64_t seq = 0;
  SnapshotId id;
};

/// All that a vault's chains say, each link verified.
struct History {
  std::vector<SnapshotRecord> snapshots;  ///< newest first, by finish time
  std::vector<Attestation> attestations;  ///< newest first
  std::vector<OtherRecord> others;        ///< what is no attestation and readable; newest first
  std::vector<SeenHead> heads;            ///< the newest record of each chain
  std::vector<Problem> problems;          ///< of the chains; the rest is still good
  std::vector<VoidRecords> void_records;  ///< no problem: that is what revoking is for
  Swept swept;                            ///< what was removed, and stands in no list above
  std::vector<MissedMark> missed_marks;   ///< likewise in none; a check tells of them

  /// The newest attestation on that source of that snapshot, or nothing.
  [[nodiscard]] const Attestation* newest_on(const SnapshotId& id, std::string_view source) const;
  /// What the attestations on a snapshot's sources come to.
  [[nodiscard]] Proofs proofs_of(const SnapshotRecord& snapshot) const;
};

/// Reads every chain: two listings, a read for each roll, and one for each record that no roll
/// gives; or, for a check, for each record. Memory: what it returns, and one roll.
[[nodiscard]] History read_history(const Vault& vault, RollUse use = RollUse::instead_of_records);

/// The snapshot that a word names; one that is forgotten (pins_and_forgets.h) by its id alone.
/// Throws not_found (with what there is), usage (the beginning of an id that fits two), stale (its
/// writer knew newer trust than the store shows; or as choose()). `latest` costs a listing and a
/// read for each writer, every other word what read_history() does.
[[nodiscard]] SnapshotRecord resolve_snapshot(const Vault& vault, const SnapshotWord& word);
/// The same out of a history that was read already.
[[nodiscard]] SnapshotRecord resolve_snapshot(const Vault& vault, History history,
                                              const SnapshotWord& word);
/// The same for the word's text. Throws usage for no such word, too.
[[nodiscard]] SnapshotRecord resolve_snapshot(const Vault& vault, const std::string& text);

/// What people call a snapshot: the first 8 digits of its id.
[[nodiscard]] std::string short_id(const SnapshotId& id);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_HISTORY_H_
