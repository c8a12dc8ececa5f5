#ifndef LIFEBOAT_CLI_LOG_OBSERVER_H_
#define LIFEBOAT_CLI_LOG_OBSERVER_H_

#include "base/observer.h"
#include "cli/log.h"

namespace lifeboat::cli {

/// Progress as log lines: phases (info), items (debug), warnings. For cron, pipes, --json and
/// --quiet. Thread-safe. Keeps the log's reference.
class LogObserver final : public Observer {
 public:
  explicit LogObserver(Log& log) : log_(log) {}

  void phase(std::string_view name) override;
  void item_started(std::string_view item, std::uint64_t expected_bytes) override;
  void item_advanced(std::string_view, std::uint64_t, std::uint64_t) override {}
  void item_finished(std::string_view item) override;
  void warned(std::string_view message) override;

 private:
  Log& log_;
};

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_LOG_OBSERVER_H_
