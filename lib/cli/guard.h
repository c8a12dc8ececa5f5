#ifndef LIFEBOAT_CLI_GUARD_H_
#define LIFEBOAT_CLI_GUARD_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/redactor.h"
#include "config/environment.h"

namespace lifeboat::cli {

/// One command line, before anything is known of its options.
struct Invocation {
  std::string command;  ///< "lifeboat vault ls": how errors and --help name it
  std::vector<std::string> words;

  /// Whether a word stands among the options: needed before they can be parsed.
  [[nodiscard]] bool has(std::string_view word) const;
  [[nodiscard]] bool asks_for_help() const { return has("--help") || has("-h"); }
};

/// Everything that is said on stderr in one run passes here.
struct Voice {
  Voice(const config::Environment& environment, bool no_color);
  Redactor redactor;
  Console console;
};

/// Runs `work` with the process's environment and stderr. The one place where a failure becomes
/// words (error_report.h; JSON if the words hold --json) and an exit code. Throws nothing.
[[nodiscard]] int guarded(
    const Invocation& invocation,
    const std::function<ExitCode(const config::Environment&, Voice&)>& work) noexcept;

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_GUARD_H_
