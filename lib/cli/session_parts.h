#ifndef LIFEBOAT_CLI_SESSION_PARTS_H_
#define LIFEBOAT_CLI_SESSION_PARTS_H_

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string_view>

#include "cli/log.h"
#include "cli/redactor.h"
#include "cli/session.h"

namespace lifeboat::cli {

/// What run_tool() (or a test) puts together for a Session. References must outlive it.
struct Session::Parts {
  Observer& observer;
  Log& log;
  Redactor& redactor;
  const Clock& clock;
  std::stop_token stop;
  const config::Environment& environment;
  config::Flags flags;
  std::optional<std::filesystem::path> config_file;
  bool json = false;
  Paint paint;
  std::function<void(std::string_view)> write_result;  ///< to stdout; throws if it cannot

  // What the session found out since.
  std::optional<config::Config> config = std::nullopt;
  std::optional<config::Settings> settings = std::nullopt;
  bool printed = false;
};

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_SESSION_PARTS_H_
