#ifndef LIFEBOAT_POSTGRES_LOAD_OUTCOME_H_
#define LIFEBOAT_POSTGRES_LOAD_OUTCOME_H_

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/not_carried.h"
#include "postgres/load_phases.h"
#include "pq/connection.h"

namespace lifeboat::postgres {

/// One call of LoadOutcome, as it is kept in the target until the restore has ended.
struct OutcomeNote {
  std::string kind;      ///< "entry", "lost", "left_out", "rows", "harmless"
  std::size_t item = 0;  ///< the entry, or the table
  std::string object;
  std::string reason;
  std::string sqlstate;  ///< of an entry
};

/// What could not be restored, gathered from all workers. Thread-safe.
class LoadOutcome {
 public:
  LoadOutcome(const Archive& archive, const EntryGraph& graph) : archive_(archive), graph_(graph) {}

  /// An archive entry's statements failed. The reason names what it depends on and also failed.
  void entry_failed(std::size_t entry, const std::string& label, const pq::ServerError& failure);
  /// Whether this entry failed before (then what else belongs to it is not tried).
  [[nodiscard]] bool failed(std::size_t entry) const;
  /// Anything that is not an archive entry: rows of a table, a large object, a sequence's value.
  void lost(const std::string& object, const std::string& reason);
  /// Rows of a table: one item however many ranges fail.
  void rows_lost(std::size_t table, const std::string& name, const std::string& reason);
  /// What the snapshot lacks, and said so: no loss of this restore's.
  void left_out(const std::string& object, const std::string& reason);
  /// An owner or a grant; told once for each reason, with how many objects it concerns.
  void harmless(const std::string& what, const std::string& reason);

  [[nodiscard]] std::vector<NotCarried> take();

  /// What the calling thread has told since it last asked.
  [[nodiscard]] std::vector<OutcomeNote> take_notes();
  /// Tells again what a run before this one told.
  void replay(const OutcomeNote& note);

 private:
  void remember(OutcomeNote note);
  struct LostRows {
    std::string name;
    std::string reason;
    int ranges = 0;
  };
  const Archive& archive_;
  const EntryGraph& graph_;
  mutable std::mutex mutex_;
  std::vector<NotCarried> items_;
  std::set<std::size_t> failed_;
  std::map<std::size_t, LostRows> rows_;
  std::map<std::pair<std::string, std::string>, std::size_t> harmless_;  // what, reason → count
  std::map<std::thread::id, std::vector<OutcomeNote>> notes_;
};

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_LOAD_OUTCOME_H_
