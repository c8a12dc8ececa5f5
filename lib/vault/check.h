#ifndef LIFEBOAT_VAULT_CHECK_H_
#define LIFEBOAT_VAULT_CHECK_H_

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include "base/observer.h"
#include "vault/history.h"
#include "vault/pack_check.h"
#include "vault/vault.h"

namespace lifeboat::vault {

struct CheckReport {
  CheckDepth depth = CheckDepth::structure;
  std::uint64_t objects = 0;
  std::uint64_t snapshots = 0;
  std::uint64_t packs = 0;
  std::uint64_t packs_left = 0;    ///< packs and segments not read: of other parts, or no time
  std::uint64_t packs_recent = 0;  ///< not read, for a check on record had read them recently
  /// How long ago the packs and segments were read, this check counted in; nothing if the place
  /// was not given.
  std::optional<PackRounds::Age> age = {};
  std::optional<PacksRead> read = {};  ///< for record_check(): nothing if nothing was read
  std::uint64_t blobs = 0;             ///< opened, at depth decrypt
  std::uint64_t read_bytes = 0;        ///< of packs, at depth packs and decrypt
  std::uint64_t unreferenced = 0;      ///< objects that no snapshot needs: of broken-off runs
  std::uint64_t leftovers = 0;  ///< objects that a signed sweep removed and that are still there
  std::vector<SeenHead> heads;  ///< the newest record of each chain
  std::vector<Problem> problems;
  std::vector<VoidRecords> void_records;  ///< of revoked authors; no problem
  std::vector<MissedMark> missed_marks;   ///< snapshots that do not count: a sweep went by
  /// What this credential could not look at, in words. Empty: everything of that depth was checked.
  std::vector<std::string> not_checked;
};

/// Looks at everything in the vault that the capability can look at. Changes nothing.
/// Memory: one pack; at depth decrypt 61 bytes for each blob of the vault, less deep those of one
/// snapshot's index; 100 bytes for each object and list, 300 for each pack.
/// Throws only if it cannot look (unavailable, denied, cancelled); damage is in the report.
[[nodiscard]] CheckReport check(const Vault& vault, CheckDepth depth, Observer& observer,
                                std::stop_token stop, const PackChoice& choice = {});

/// Puts on record what a check has read. Throws denied unless an identity or an operator is at
/// work, and what append_json_record() throws.
Link record_check(const Vault& vault, const PacksRead& read, Instant started, Instant finished);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_CHECK_H_
