#ifndef LIFEBOAT_VAULT_FORGET_H_
#define LIFEBOAT_VAULT_FORGET_H_

#include <chrono>
#include <string>

#include "base/clock.h"
#include "vault/pins_and_forgets.h"
#include "vault/retention.h"
#include "vault/vault.h"

/// Keeping and forgetting, on record: docs/format/vault.md §17.
namespace lifeboat::vault {

/// Pins a snapshot; what was forgotten is no longer. Throws denied unless an identity, operator or
/// pruner is at work, and what append_json_record() throws.
Link keep_snapshot(const Vault& vault, const SnapshotId& id, const std::string& reason,
                   const Clock& clock);

/// Ends every pin on a snapshot. Throws as keep_snapshot().
Link release_snapshot(const Vault& vault, const SnapshotId& id, const Clock& clock);

/// Throws the gravest of what is wrong with the chains and with pins and forget records: what
/// cannot be read may be a pin, a proof, or a snapshot that another leans on.
void require_whole(const History& history, const PinsAndForgets& pins);

/// Carries a plan out: one record, whose link it returns. Throws internal if the plan forgets
/// nothing, denied unless a pruner is at work, and what append_json_record() throws.
Link apply_forget(const Vault& vault, const ForgetPlan& plan, const Clock& clock);

/// No sweep deletes before that: the grace behind the mark, which cannot be older than the
/// forgetting (§17). For messages.
[[nodiscard]] Instant earliest_sweep(Instant forgotten_since, const Trust& trust);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_FORGET_H_
