#ifndef LIFEBOAT_BASE_OBSERVER_H_
#define LIFEBOAT_BASE_OBSERVER_H_

#include <chrono>
#include <cstdint>
#include <string_view>

namespace lifeboat {

/// What a job tells while it works; lib/cli turns it into a progress display, a log, or nothing.
/// Calls come from several threads at once: implementations lock. Calls must be cheap: a worker
/// reports every few hundred kilobytes, not every row. Nothing here is the result of a job.
class Observer {
 public:
  virtual ~Observer() = default;

  /// A new phase of the job began: "capture", "load", "indexes", "compare" ...
  virtual void phase(std::string_view name) = 0;
  /// Work on one thing began (a table, an index). `expected_bytes` is an estimate, 0 = unknown.
  virtual void item_started(std::string_view item, std::uint64_t expected_bytes) = 0;
  /// `bytes` and `rows` more are done since the last call for this item.
  virtual void item_advanced(std::string_view item, std::uint64_t bytes, std::uint64_t rows) = 0;
  virtual void item_finished(std::string_view item) = 0;
  /// Something the operator must see although the job goes on.
  virtual void warned(std::string_view message) = 0;
  /// A piece of work ended that ran on `track` (a session, a child process) since `begin`: for a
  /// timeline. Told by Span (base/span.h); few care.
  virtual void ran(std::string_view /*track*/, std::string_view /*work*/,
                   std::chrono::steady_clock::time_point /*begin*/) {}
};

/// Tells nobody. For tests and for calls whose progress is of no interest.
class SilentObserver final : public Observer {
 public:
  void phase(std::string_view) override {}
  void item_started(std::string_view, std::uint64_t) override {}
  void item_advanced(std::string_view, std::uint64_t, std::uint64_t) override {}
  void item_finished(std::string_view) override {}
  void warned(std::string_view) override {}
};

}  // namespace lifeboat

#endif  // LIFEBOAT_BASE_OBSERVER_H_
