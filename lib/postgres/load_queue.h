#ifndef LIFEBOAT_POSTGRES_LOAD_QUEUE_H_
#define LIFEBOAT_POSTGRES_LOAD_QUEUE_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "postgres/load_plan.h"

namespace lifeboat::postgres {

/// The steps of one phase, handed out to workers: the heaviest of those whose `after` have ended,
/// the earliest in the plan among equals. Loaders of one table wait for each other in the server,
/// so another step of at least half the weight comes before a table's second loader. Thread-safe.
/// Keeps a reference to the steps.
class LoadQueue {
 public:
  LoadQueue(const std::vector<Step>& steps, Phase phase);

  /// Blocks until a step may begin. Nothing when all are taken and done, or after stop().
  [[nodiscard]] std::optional<std::size_t> next();
  /// The step has ended, well or not: what waits for it may begin.
  void done(std::size_t step);
  /// Nobody gets another step.
  void stop();
  /// The weight of the heaviest step that nobody has taken yet and that does not wait for `step`:
  /// what the other sessions will do meanwhile. 0 = they will idle.
  [[nodiscard]] std::uint64_t heaviest_beside(std::size_t step) const;
  /// How many steps could begin now; of a table's ranges one is counted.
  [[nodiscard]] std::size_t ready() const;
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  struct Heavier {
    const std::vector<Step>* steps;
    bool operator()(std::size_t a, std::size_t b) const;
  };
  /// A table's ranges that are ready: one stands in ready_, the others behind it.
  struct Ranges {
    bool offered = false;
    std::deque<std::size_t> behind;
    int loaders = 0;  ///< at work
  };
  [[nodiscard]] std::size_t choose() const;
  [[nodiscard]] bool is_second_loader(std::size_t step) const;
  void make_ready(std::size_t step);
  void took_range(Ranges& ranges);

  std::size_t size_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::size_t> waits_for_;                ///< by step: how many of `after` are left
  std::vector<std::vector<std::size_t>> dependents_;  ///< by step
  std::set<std::size_t, Heavier> ready_;              ///< of each table's ranges the next alone
  std::map<std::size_t, Ranges> ranges_;              ///< by table
  std::set<std::size_t, Heavier> untaken_;            ///< ready_ and those that still wait
  const std::vector<Step>& steps_;
  std::size_t left_ = 0;
  bool stopped_ = false;
};

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_LOAD_QUEUE_H_
