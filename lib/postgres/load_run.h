#ifndef LIFEBOAT_POSTGRES_LOAD_RUN_H_
#define LIFEBOAT_POSTGRES_LOAD_RUN_H_

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "base/observer.h"
#include "postgres/load.h"
#include "postgres/load_outcome.h"
#include "postgres/load_plan.h"
#include "postgres/load_queue.h"
#include "postgres/load_rows.h"
#include "postgres/load_session.h"
#include "postgres/restore_journal.h"

namespace lifeboat::postgres {

/// What a run reads; all of it outlives the run.
struct LoadInput {
  const LoadRequest& request;
  const Catalogue& catalogue;
  const Archive& archive;
  const EntryGraph& graph;
  const LoadPlan& plan;
  LoadSource& source;
  Observer& observer;
};

/// Carries out a plan on an empty, marked database: phases in order, steps of a phase in turn on
/// the leader's session or at once on `jobs` sessions. The worker threads of a phase are joined
/// before the next begins; the first failure that ends the restore stops them all and is rethrown.
class LoadRun {
 public:
  /// `leader` stays the caller's. Opens the other sessions when they are first needed. `halt` stops
  /// all sessions, the leader's too; the run requests it when one of them fails.
  /// Steps that `journal` has as done are left out, and what they told is told again.
  LoadRun(LoadInput input, const RestoreJournal& journal, LoadSession& leader,
          LoadSettings settings, std::stop_source halt);

  /// Before the phases: creates the catalogue's roles NOLOGIN if the request asks for it.
  void prepare_roles();
  void run(Phase phase);
  /// What was counted so far, and what could not be restored; identity and phases are left empty.
  [[nodiscard]] LoadReport report();

 private:
  void run_in_turn(Phase phase);
  void run_at_once(Phase phase);
  void work(LoadQueue& queue, std::size_t worker);
  void run_step(LoadSession& session, std::size_t step, std::uint64_t heaviest_beside,
                std::string track);
  LoadSession& session_of(std::size_t worker);
  LoadSession* try_session_of(std::size_t worker);
  void carry_out(LoadSession& session, std::size_t step, int parallel_workers);
  void carry_out_large_objects(LoadSession& session, std::size_t step);
  /// Returns the rows that it loaded.
  std::uint64_t apply(LoadSession& session, const Step& step, int parallel_workers);
  void skip(const Step& step, std::uint64_t rows);
  void create(LoadSession& session, const Step& step);
  void add_constraint(LoadSession& session, const Step& step);
  void validate(LoadSession& session, const Step& step);
  void grant(LoadSession& session, const Step& step);
  void refresh(LoadSession& session, const Step& step);
  void refresh_again();
  void set_default(LoadSession& session, const Step& step);
  void give_to_owner(LoadSession& session, const ArchiveEntry& entry);
  void count(const Step& step);
  std::optional<pq::ServerError> run_or_retry(LoadSession& session, const Step& step, SqlFrom from);

  const LoadInput input_;
  const RestoreJournal& journal_;
  LoadSession& leader_;
  const LoadSettings settings_;
  std::stop_source halt_;
  LoadOutcome outcome_;
  RowLoader rows_;
  std::set<std::string> roles_;  ///< that the target has
  std::mutex mutex_;             ///< of the members below
  std::vector<std::unique_ptr<LoadSession>> others_;
  std::vector<const Step*> refresh_again_;
  std::set<std::size_t> validated_;  ///< foreign keys that were added in one step, by entry
  std::exception_ptr failure_;
  std::atomic<bool> fewer_sessions_ = false;  ///< told
  std::atomic<std::size_t> tables_ = 0;
  std::atomic<std::size_t> indexes_ = 0;
  std::atomic<std::size_t> constraints_ = 0;
};

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_LOAD_RUN_H_
