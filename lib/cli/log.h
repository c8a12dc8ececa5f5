#ifndef LIFEBOAT_CLI_LOG_H_
#define LIFEBOAT_CLI_LOG_H_

#include <memory>
#include <string_view>

#include "cli/console.h"
#include "cli/option_groups.h"

namespace spdlog {
class logger;
}

namespace lifeboat::cli {

/// How a line on stderr looks: for a person at a terminal ("warning: …"), for a log file (with the
/// time in front), or one JSON object a line ({"warning": {"message": …}}).
enum class LogForm { terminal, file, json };

/// The log of one run: what is said on stderr besides progress and the final error. Owns its
/// spdlog logger and registers it nowhere. Thread-safe. Keeps the console's reference.
class Log {
 public:
  Log(Console& console, LogForm form, LogLevel least);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void write(LogLevel level, std::string_view message);

 private:
  std::unique_ptr<spdlog::logger> logger_;
};

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_LOG_H_
