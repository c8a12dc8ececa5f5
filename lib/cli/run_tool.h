#ifndef LIFEBOAT_CLI_RUN_TOOL_H_
#define LIFEBOAT_CLI_RUN_TOOL_H_

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "cli/exit_code.h"
#include "cli/option_groups.h"
#include "cli/option_set.h"
#include "cli/session.h"

namespace lifeboat::cli {

struct Example {
  std::string_view command{};
  std::string_view what{};  ///< a few words after it
};

/// Whether a broken configuration file ends the command before it starts, or is the command's
/// business (lifeboat-doctor; vault create, which needs none).
enum class ConfigUse { always, on_demand };

/// What --help tells of a command besides its options. Literals only.
struct ToolInfo {
  std::string_view name{};                      ///< "snapshot", of a verb: "ls"
  std::string_view summary{};                   ///< one line, a full sentence
  std::string_view synopsis{};                  ///< after the name: "[OPTION]... [SNAPSHOT]"
  std::string_view details{};                   ///< paragraphs, or empty
  std::vector<Example> examples{};              ///< two
  std::vector<ExitCode> exit_codes{};           ///< done, failed, usage, interrupted always apply
  std::vector<std::string_view> environment{};  ///< variables it reads, explained by one table
  ConfigUse config_use = ConfigUse::always;
};

/// Declares a command's options and returns its job, bound to them.
using Job = std::function<ExitCode(Session&)>;
using Prepare = std::function<Job(OptionSet&)>;

/// Ties declare() and run() together by the Options that they share.
template <typename Options>
[[nodiscard]] Prepare prepare(void (*declare)(OptionSet&, Options&),
                              ExitCode (*run)(const Options&, Session&)) {
  return [declare, run](OptionSet& set) -> Job {
    // Owned by the job alone; the set only refers to it.
    auto options = std::make_shared<Options>();
    declare(set, *options);
    return [options, run](Session& session) { return run(*options, session); };
  };
}

/// A command of a tool that has several: `lifeboat vault ls`.
struct Verb {
  ToolInfo info;
  Prepare prepare;
};

/// What main() returns. Parses the command line (--help, --version, --show-config, --json,
/// --config, --log-level, --quiet, --no-color are its own), reads the environment and the
/// configuration, turns SIGINT, SIGTERM and SIGHUP into stop(), runs the job, and turns an Error
/// into "lifeboat NAME: message", "kept:" and "hint:" lines (with --json: one object) on stderr and
/// into the exit code. A second SIGINT kills at once.
[[nodiscard]] int run_tool(const ToolInfo& tool, int argc, const char* const* argv,
                           const Prepare& prepare);

/// The same for a tool with verbs: argv[1] names one.
[[nodiscard]] int run_tool(const ToolInfo& tool, int argc, const char* const* argv,
                           const std::vector<Verb>& verbs);

template <typename Options>
[[nodiscard]] int run_tool(const ToolInfo& tool, int argc, const char* const* argv,
                           void (*declare)(OptionSet&, Options&),
                           ExitCode (*run)(const Options&, Session&)) {
  return run_tool(tool, argc, argv, prepare<Options>(declare, run));
}

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_RUN_TOOL_H_
