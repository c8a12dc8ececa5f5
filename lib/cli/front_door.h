#ifndef LIFEBOAT_CLI_FRONT_DOOR_H_
#define LIFEBOAT_CLI_FRONT_DOOR_H_

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "config/environment.h"

namespace lifeboat::cli {

/// The executable `lifeboat-VERB`: in the directory of the running one, else in LIFEBOAT_BIN, which
/// must be an absolute path. Never in PATH or the working directory. Nothing if it is in neither.
[[nodiscard]] std::optional<std::filesystem::path> find_tool(
    std::string_view verb, const config::Environment& environment);

/// What `lifeboat` does: `lifeboat VERB …` becomes `lifeboat-VERB …` (exec, so that signals and
/// exit codes pass through); `lifeboat now` it does itself; alone, or with help, it lists the verbs
/// that are installed.
/// Returns the exit code if nothing was executed.
[[nodiscard]] int run_front_door(int argc, const char* const* argv);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_FRONT_DOOR_H_
