#ifndef LIFEBOAT_VAULT_SWEEP_H_
#define LIFEBOAT_VAULT_SWEEP_H_

#include <stop_token>

#include "base/clock.h"
#include "base/observer.h"
#include "vault/sweep_plan.h"

/// Carries out what sweep_plan.h plans. Every function is a pruner's, needs one that nobody else
/// outruns, and can be called again after it broke off anywhere: docs/format/vault.md §17.
namespace lifeboat::vault {

/// Whether two pruners can take one place in a chain.
enum class OtherPruners { possible, excluded };

/// Throws refused if the vault's store does not create conditionally (mode hashed), unless a person
/// has made sure that no other sweep is under way.
void require_exclusive(const Vault& vault, OtherPruners others);

/// Stores the marks. Throws busy if another pruner made one of that number first.
/// Returns when the last of them was stored, by the store's clock.
Instant apply_mark(const Vault& vault, const MarkPlan& plan, const Clock& clock);

struct SweepReport {
  std::uint64_t objects = 0;  ///< deleted
  std::uint64_t bytes = 0;    ///< of these
};

/// Signs the sweep record, then deletes. Throws busy if a chain has a record that the plan has not
/// seen: then nothing is signed, or nothing is deleted yet; cancelled, denied and what the store
/// throws, with what was deleted so far: the next run goes on.
SweepReport apply_sweep(const Vault& vault, const SweepPlan& plan, const Clock& clock,
                        Observer& observer, const std::stop_token& stop);

/// Deletes what a sweep that broke off has left.
SweepReport apply_finish(const Vault& vault, const FinishPlan& plan, Observer& observer,
                         const std::stop_token& stop);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_SWEEP_H_
