#ifndef LIFEBOAT_CLI_OPTION_GROUPS_H_
#define LIFEBOAT_CLI_OPTION_GROUPS_H_

#include <optional>
#include <string>

#include "cli/option_set.h"

namespace lifeboat::cli {

enum class LogLevel { error, warn, info, debug, trace };

/// The options that every command has; run_tool() declares them.
struct CommonOptions {
  bool help = false;
  bool version = false;
  bool json = false;
  bool quiet = false;
  bool no_color = false;
  bool show_config = false;
  std::optional<std::string> trace_file;
  std::optional<std::string> config_file;
  std::optional<LogLevel> log_level;  ///< absent = info, with --json or --quiet: warn

  void declare(OptionSet& set);
};

// Groups that tools share. They fill OptionSet::flags(); the values, after precedence with the
// environment and lifeboat.toml, are Session::settings() and Session::sources().

/// --vault URL, --limit-rate SIZE, --expect-head HEAD (repeatable), --max-age AGE
void declare_vault_options(OptionSet& set);
/// --redis-tls MODE, --redis-pin PIN (repeatable), --redis-ca FILE: of the server that --redis
/// names. They belong to the group that is open.
void declare_redis_tls_options(OptionSet& set);
/// --postgres REF, --redis REF with its options, --source NAME (repeatable), --jobs N: what a
/// snapshot captures.
void declare_source_options(OptionSet& set);
/// --postgres REF (the target), --source NAME (which of the snapshot's), --jobs N.
void declare_target_options(OptionSet& set);
/// --scratch local|REF, --scratch-dir DIR
void declare_scratch_options(OptionSet& set);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_OPTION_GROUPS_H_
