#ifndef LIFEBOAT_VAULT_RETENTION_H_
#define LIFEBOAT_VAULT_RETENTION_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "vault/history.h"
#include "vault/keep_policy.h"
#include "vault/pins_and_forgets.h"
#include "vault/retention_record.h"
#include "vault/trust.h"
#include "vault/types.h"

/// What to forget: docs/format/vault.md §17.3. Everything here is pure.
namespace lifeboat::vault {

/// A snapshot as retention sees it.
struct Candidate {
  SnapshotId id;
  KeyId writer;
  std::uint64_t seq = 0;
  Instant time;  ///< time_of()
  bool complete = true;
  std::vector<std::string> sources{};   ///< empty = this credential cannot read them
  std::vector<std::string> proven{};    ///< those whose newest attestation says so
  std::optional<std::string> pinned{};  ///< the pin's reason
  std::uint64_t stored_bytes = 0;       ///< that it added to the vault
};

/// When a snapshot was taken, by the store's clock, as far as its record says (§17.2).
[[nodiscard]] Instant time_of(const SnapshotRecord& snapshot);

/// Every snapshot that is not forgotten, newest first. Memory: 300 bytes a snapshot.
[[nodiscard]] std::vector<Candidate> candidates(const History& history, const PinsAndForgets& pins);

/// What no policy and no person gets below, as trust states it.
struct RetentionFloor {
  std::uint32_t count = 0;
  std::chrono::seconds age{0};
  std::chrono::seconds max_run{0};  ///< how far the times of a chain may be out of order

  [[nodiscard]] static RetentionFloor of(const Trust& trust) {
    return {trust.floor_count, trust.floor_age, trust.max_run};
  }
};

/// Why a snapshot is kept.
enum class KeepReason : std::uint8_t {
  // rules of the policy
  within,
  last,
  hourly,
  daily,
  weekly,
  monthly,
  yearly,
  // guards, which bind persons too
  pinned,
  head,
  last_proven,
  floor_count,
  floor_age,
  only_one,
  // what a policy cannot judge
  future_dated,
  out_of_order,
  sealed,
};

/// "within", "last_proven" …, as in JSON.
[[nodiscard]] std::string_view name_of(KeepReason reason) noexcept;

/// What becomes of one snapshot.
struct SnapshotFate {
  Candidate snapshot;
  std::vector<KeepReason> kept_by;      ///< ascending, each once; empty if it is forgotten
  std::optional<ForgetRule> forgotten;  ///< and why; nothing = it stays
};

/// What would be forgotten, and why the rest would not.
struct ForgetPlan {
  Instant store_time;                   ///< when it was made
  KeepPolicy policy;                    ///< empty: persons named the snapshots
  std::vector<SnapshotFate> snapshots;  ///< newest first

  [[nodiscard]] std::size_t count_forgotten() const;
  /// The body of the record that carries it out.
  [[nodiscard]] ForgetBody body() const;
};

/// Applies a policy to each source of each writer. The plan forgets nothing that a guard protects.
/// `store_time` is the store's own, of now. Throws usage if the policy has no rule.
[[nodiscard]] ForgetPlan plan_forget(std::vector<Candidate> snapshots, const KeepPolicy& policy,
                                     const RetentionFloor& floor, Instant store_time);

/// Forgets what a person named. Throws refused, naming snapshot and guard, if a guard protects one
/// of them; not_found if one is not among the candidates.
[[nodiscard]] ForgetPlan plan_forget_by_hand(std::vector<Candidate> snapshots,
                                             const std::vector<SnapshotId>& named,
                                             const RetentionFloor& floor, Instant store_time);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_RETENTION_H_
