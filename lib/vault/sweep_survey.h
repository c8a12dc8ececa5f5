#ifndef LIFEBOAT_VAULT_SWEEP_SURVEY_H_
#define LIFEBOAT_VAULT_SWEEP_SURVEY_H_

#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "base/observer.h"
#include "vault/history.h"
#include "vault/mark.h"
#include "vault/needed.h"
#include "vault/object_names.h"
#include "vault/pins_and_forgets.h"
#include "vault/vault.h"

namespace lifeboat::vault {

/// An object as a listing gave it.
struct StoredObject {
  std::string name;
  names::Parsed parsed;
  std::uint64_t size_bytes = 0;
  Instant stored_at;
};

/// All objects of types that a sweep may remove, in order of names: one listing of everything.
[[nodiscard]] std::vector<StoredObject> list_sweepable(const Vault& vault);

/// All that a mark or a sweep is planned from. Memory: 200 bytes an object, and the history.
struct SweepSurvey {
  Instant store_time;                 ///< of now, by the store's clock
  std::vector<StoredObject> objects;  ///< all of types that a sweep may remove, in order of names
  History history;
  PinsAndForgets pins;
  std::vector<Mark> outstanding;  ///< marks that no sweep record names; at most one a generation
  /// The greatest number of each generation that any mark had.
  KnownMarks numbers;
  /// Snapshots that may go: forgotten, guarded by nothing, and in an outstanding mark if there is
  /// one. All others are kept.
  std::set<SnapshotId> leaving;
  Needed needed;  ///< by what is kept
  Needed named;   ///< by what is leaving, needed or not
};

/// Looks at everything: lists the store, reads every chain, walks every list. `store_time`:
/// store::require_clocks_agree(). Changes nothing. Throws denied unless a pruner looks; stale or
/// corrupt if anything that counts is missing, damaged or not understood, because then nobody can
/// say what is needed; cancelled.
[[nodiscard]] SweepSurvey survey_for_sweep(const Vault& vault, Instant store_time,
                                           Observer& observer, const std::stop_token& stop);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_SWEEP_SURVEY_H_
