#ifndef LIFEBOAT_CLI_EXIT_CODE_H_
#define LIFEBOAT_CLI_EXIT_CODE_H_

#include <array>
#include <string_view>

#include "base/error.h"

namespace lifeboat::cli {

/// What every executable's exit code means: docs/exit-codes.md.
enum class ExitCode : int {
  done = 0,
  failed = 1,
  usage = 2,
  findings = 3,
  waits = 4,
  interrupted = 5,
  not_found = 10,
  busy = 11,
  denied = 12,
  unavailable = 13,
  stale = 14,
  refused = 15,
};

inline constexpr std::array<ExitCode, 12> kExitCodes = {
    ExitCode::done,   ExitCode::failed,      ExitCode::usage,     ExitCode::findings,
    ExitCode::waits,  ExitCode::interrupted, ExitCode::not_found, ExitCode::busy,
    ExitCode::denied, ExitCode::unavailable, ExitCode::stale,     ExitCode::refused};

/// The one table from an error's kind to the exit code.
[[nodiscard]] ExitCode exit_code_of(ErrorKind kind) noexcept;

/// One line for --help and docs/exit-codes.md.
[[nodiscard]] std::string_view meaning_of(ExitCode code) noexcept;

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_EXIT_CODE_H_
