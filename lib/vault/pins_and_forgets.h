#ifndef LIFEBOAT_VAULT_PINS_AND_FORGETS_H_
#define LIFEBOAT_VAULT_PINS_AND_FORGETS_H_

#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "vault/history.h"
#include "vault/retention_record.h"
#include "vault/types.h"

namespace lifeboat::vault {

/// A snapshot that somebody keeps, whatever the policy says.
struct Pin {
  std::string reason;
  KeyId author;
  Instant at;  ///< by its author's clock
};

/// A snapshot that was given up and is not kept: a sweep may delete it.
struct Forgotten {
  Instant since;  ///< by the store's clock, of the first record that holds
  ForgetRule rule = ForgetRule::hand;
  KeyId author;
  ObjectHash record;  ///< its id
};

/// What the records of a vault say of keeping and forgetting: docs/format/vault.md §17.1.
struct PinsAndForgets {
  std::map<SnapshotId, Pin> pinned;
  std::map<SnapshotId, Forgotten> forgotten;  ///< those that still hold; none is pinned
  /// Pins and forget records that cannot be understood. Until that is settled nothing may be
  /// forgotten or swept: one of them may keep a snapshot.
  std::vector<Problem> problems;

  [[nodiscard]] bool is_pinned(const SnapshotId& id) const { return pinned.contains(id); }
  [[nodiscard]] bool is_forgotten(const SnapshotId& id) const { return forgotten.contains(id); }
};

/// Pure. A forget record holds for a snapshot unless there is a pin on it that its author did not
/// know to be released; which of two records knew the other is told by their chains and their seen
/// heads, never by a clock. It sees the records that `history` could open: a writer's is empty.
[[nodiscard]] PinsAndForgets pins_and_forgets(const History& history);

/// Takes the forgotten ones out of a history's snapshots; returns how many.
std::size_t leave_out_forgotten(History& history, const PinsAndForgets& pins);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_PINS_AND_FORGETS_H_
