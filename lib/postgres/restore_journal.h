#ifndef LIFEBOAT_POSTGRES_RESTORE_JOURNAL_H_
#define LIFEBOAT_POSTGRES_RESTORE_JOURNAL_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "postgres/load.h"
#include "postgres/load_outcome.h"
#include "postgres/load_plan.h"
#include "postgres/load_session.h"

namespace lifeboat::postgres {

/// Schema lifeboat_restore of a target: says that the database is incomplete, of which snapshot,
/// and which steps of the plan are done (docs/postgres-restore.md, "A restore that broke off").
/// There from the first transaction of a restore to the last. A step and its entry here are one
/// transaction, so after a kill the entry tells the truth.
///
/// Only the leader's session is used by it; done_sql() and was_done() are for any thread once it is
/// constructed.
class RestoreJournal {
 public:
  /// Begins one, or reads that of an earlier restore of the same snapshot if `resume`.
  /// Throws Error: busy (somebody else began just now), denied, refused (it was begun with other
  /// options, or with another plan by another version of lifeboat).
  RestoreJournal(LoadSession& session, const LoadRequest& request, const LoadPlan& plan,
                 bool resume);

  [[nodiscard]] bool resumed() const { return resumed_; }
  [[nodiscard]] bool was_done(std::size_t step) const { return done_.contains(step); }
  /// Rows that a step had loaded before.
  [[nodiscard]] std::uint64_t rows_of(std::size_t step) const { return done_.at(step); }
  [[nodiscard]] std::size_t steps_done_before() const { return done_.size(); }
  /// What could not be restored by steps that were done before.
  [[nodiscard]] const std::vector<OutcomeNote>& notes() const { return notes_; }

  /// Statements that say that a step is done: run them in the step's own transaction.
  [[nodiscard]] static std::string done_sql(std::size_t step, std::uint64_t rows,
                                            const std::vector<OutcomeNote>& notes);
  /// Whether what the target held before is gone (LoadRequest::replace).
  [[nodiscard]] bool was_emptied() const { return emptied_; }
  void note_emptied();
  /// For people who look at the database.
  void note(Phase phase);
  /// The last transaction: it waits for the disk, and with it all that were committed before. If
  /// the connection breaks, another one looks whether it was done. Throws Error: unavailable.
  void remove();

 private:
  /// `replace`: the mark of another restore gives way to this one.
  void begin(const std::string& snapshot_id, const std::string& plan, bool replace);
  void read(const std::string& plan);
  bool was_removed_by(const std::string& backend, Error& lost);

  LoadSession& session_;
  bool resumed_;
  bool emptied_ = false;
  std::map<std::size_t, std::uint64_t> done_;  ///< step → rows
  std::vector<OutcomeNote> notes_;
};

/// Tells one plan from another: the same value for equal plans, on every machine.
[[nodiscard]] std::string digest_of(const LoadPlan& plan);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_RESTORE_JOURNAL_H_
