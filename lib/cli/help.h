#ifndef LIFEBOAT_CLI_HELP_H_
#define LIFEBOAT_CLI_HELP_H_

#include <string>
#include <string_view>
#include <vector>

#include "cli/option_set.h"
#include "cli/run_tool.h"

namespace lifeboat::cli {

/// What --help prints, at most 80 columns wide. `command` is the whole name: "lifeboat vault ls".
[[nodiscard]] std::string help_text(const ToolInfo& info, std::string_view command,
                                    const OptionSet& options);

/// The same for a tool with verbs: the verbs, one line each.
[[nodiscard]] std::string help_text(const ToolInfo& info, std::string_view command,
                                    const std::vector<Verb>& verbs);

/// What an environment variable is for; the one place that says so.
[[nodiscard]] std::string_view meaning_of_variable(std::string_view name);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_HELP_H_
