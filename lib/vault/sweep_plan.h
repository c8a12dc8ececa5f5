#ifndef LIFEBOAT_VAULT_SWEEP_PLAN_H_
#define LIFEBOAT_VAULT_SWEEP_PLAN_H_

#include <chrono>
#include <map>
#include <variant>
#include <vector>

#include "vault/sweep_survey.h"

/// What to condemn and what to delete: docs/format/vault.md §17. Everything here is pure.
namespace lifeboat::vault {

/// How long a mark stands before it may be swept.
[[nodiscard]] std::chrono::seconds sweep_grace(const Trust& trust);
/// How old an object is that no snapshot names, so that no run that goes on can be its own.
[[nodiscard]] std::chrono::seconds leftover_age(const Trust& trust);

/// A snapshot that goes.
struct LeavingSnapshot {
  SnapshotId id;
  KeyId author;
  std::uint64_t seq = 0;
  ObjectHash previous;
  Generation generation = 0;
  Instant taken;
  std::vector<std::string> sources;
};

/// What a mark would condemn.
struct MarkPlan {
  Instant store_time;
  std::vector<StoredObject> objects;  ///< packs, segments, session headers
  std::vector<LeavingSnapshot> snapshots;
  KnownMarks marks;           ///< the numbers that they get
  std::size_t leftovers = 0;  ///< of the objects: of runs that broke off
  std::uint64_t bytes = 0;    ///< of the objects
  std::size_t next_time = 0;  ///< objects that found no room
};

/// What a sweep would remove.
struct SweepPlan {
  Instant store_time;
  KnownMarks marks;                   ///< that it carries out
  std::vector<StoredObject> objects;  ///< in the order in which they are deleted, records first
  std::vector<LeavingSnapshot> snapshots;
  std::map<KeyId, std::uint64_t> walked;   ///< newest snapshot record read, by author
  std::map<KeyId, std::uint64_t> records;  ///< newest record read, by author
  std::uint64_t bytes = 0;                 ///< of the objects
  std::size_t spared_objects = 0;          ///< condemned, and needed again
  std::size_t spared_snapshots = 0;        ///< in the mark, and kept again
};

/// What a sweep that broke off has left to delete.
struct FinishPlan {
  std::vector<StoredObject> objects;  ///< in order
  std::uint64_t bytes = 0;
};

/// A mark stands, and the grace is not over.
struct Waiting {
  KnownMarks marks;
  Instant until;  ///< by the store's clock
};

/// Nothing is there that could go.
struct NothingToSweep {};

using NextSweepStep = std::variant<NothingToSweep, FinishPlan, MarkPlan, Waiting, SweepPlan>;

/// The one step that is due: what broke off is finished first; then what is marked is swept, once
/// all outstanding marks are old enough; without a mark one is made.
[[nodiscard]] NextSweepStep plan_next_step(const SweepSurvey& survey, const Trust& trust);

/// The parts of it. plan_mark() is for a survey without outstanding marks, plan_sweep() for one
/// with.
[[nodiscard]] FinishPlan plan_finish(const SweepSurvey& survey);
[[nodiscard]] MarkPlan plan_mark(const SweepSurvey& survey, const Trust& trust);
[[nodiscard]] SweepPlan plan_sweep(const SweepSurvey& survey);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_SWEEP_PLAN_H_
