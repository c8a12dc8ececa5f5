#include "cli/run_tool.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "cli/guard.h"
#include "cli/help.h"
#include "cli/log_observer.h"
#include "cli/progress_observer.h"
#include "cli/session_parts.h"
#include "cli/settings_text.h"
#include "cli/signal_watch.h"
#include "cli/standard_streams.h"
#include "cli/trace_observer.h"
#include "config/nearest.h"

namespace lifeboat::cli {
namespace {

Invocation invocation_of(const ToolInfo& tool, int argc, const char* const* argv) {
  Invocation invocation;
  invocation.command = tool.name.empty() ? "lifeboat" : "lifeboat " + std::string(tool.name);
  for (int i = 1; i < argc; ++i) invocation.words.emplace_back(argv[i]);
  return invocation;
}

LogForm log_form(const Screen& screen, const CommonOptions& options) {
  if (options.json) return LogForm::json;
  return screen.terminal ? LogForm::terminal : LogForm::file;
}

LogLevel log_level(const CommonOptions& options) {
  const bool calm = options.json || options.quiet;
  return options.log_level.value_or(calm ? LogLevel::warn : LogLevel::info);
}

std::unique_ptr<Observer> make_observer(Console& console, Log& log, const Clock& clock,
                                        const CommonOptions& options) {
  std::unique_ptr<Observer> observer;
  if (console.screen().terminal && !options.json && !options.quiet) {
    observer = std::make_unique<ProgressObserver>(console, log, clock);
  } else {
    observer = std::make_unique<LogObserver>(log);
  }
  if (!options.trace_file) return observer;
  return std::make_unique<TraceObserver>(std::move(observer), *options.trace_file);
}

/// What a job says when its connections and children die under it is a consequence of the stop.
Error after_stop(const Error& error) {
  if (error.kind() != ErrorKind::unavailable && error.kind() != ErrorKind::internal) return error;
  Error cancelled(ErrorKind::cancelled, "interrupted: " + error.message(), error.hint());
  cancelled.add_kept(error.kept());
  return cancelled;
}

ExitCode run_job(const ToolInfo& tool, const CommonOptions& options, const config::Flags& flags,
                 const Job& job, const config::Environment& environment, Voice& voice) {
  const SignalWatch signals;
  const SystemClock clock;
  Log log(voice.console, log_form(voice.console.screen(), options), log_level(options));
  const auto observer = make_observer(voice.console, log, clock, options);
  Session session(Session::Parts{
      .observer = *observer,
      .log = log,
      .redactor = voice.redactor,
      .clock = clock,
      .stop = signals.stop(),
      .environment = environment,
      .flags = flags,
      .config_file = config::find_config_file(options.config_file, environment, "."),
      .json = options.json,
      .paint = Paint(Screen::of(STDOUT_FILENO, environment, options.no_color).colour),
      .write_result =
          [&voice](std::string_view text) {
            voice.console.paint({});  // the result must not follow half a progress line
            write_stdout(text);
          },
  });
  try {
    if (options.show_config) {
      const auto rows = session.setting_rows();
      session.print(settings_text(rows), settings_json(rows));
      return ExitCode::done;
    }
    if (tool.config_use == ConfigUse::always) static_cast<void>(session.settings());
    return job(session);
  } catch (const Error& error) {
    if (signals.stop().stop_requested()) throw after_stop(error);
    throw;
  }
}

ExitCode run_parsed(const ToolInfo& tool, const Invocation& invocation, const Prepare& prepare,
                    const config::Environment& environment, Voice& voice) {
  OptionSet set;
  CommonOptions options;
  const Job job = prepare(set);
  options.declare(set);
  if (invocation.asks_for_help()) {
    write_stdout(help_text(tool, invocation.command, set));
    return ExitCode::done;
  }
  if (invocation.has("--version")) {
    write_stdout(invocation.command + " " LIFEBOAT_VERSION "\n");
    return ExitCode::done;
  }
  try {
    set.parse(invocation.words);
  } catch (Error& error) {
    error.add_hint("see " + invocation.command + " --help");
    throw;
  }
  return run_job(tool, options, set.flags(), job, environment, voice);
}

/// A verb is one word, or a group and a verb: "keys ls".
bool begins_with_verb(const std::vector<std::string>& words, std::string_view verb) {
  if (words.empty()) return false;
  const bool two = words.size() > 1 && verb.find(' ') != std::string_view::npos;
  return verb == (two ? words[0] + " " + words[1] : words[0]);
}

Error verb_error(const Invocation& invocation, const std::vector<Verb>& verbs) {
  const std::string help = "see " + invocation.command + " --help";
  if (invocation.words.empty() || invocation.words.front().starts_with('-')) {
    return {ErrorKind::usage, "a verb must come first", help};
  }
  std::vector<std::string> names;
  for (const Verb& verb : verbs) names.emplace_back(verb.info.name);
  const auto meant = config::nearest(invocation.words.front(), names);
  return {ErrorKind::usage, "unknown verb \"" + invocation.words.front() + "\"",
          meant ? "did you mean " + *meant + "?" : help};
}

ExitCode run_without_verb(const ToolInfo& tool, const Invocation& invocation,
                          const std::vector<Verb>& verbs) {
  const std::string first = invocation.words.empty() ? "" : invocation.words.front();
  if (first == "--help" || first == "-h") {
    write_stdout(help_text(tool, invocation.command, verbs));
    return ExitCode::done;
  }
  if (first == "--version") {
    write_stdout(invocation.command + " " LIFEBOAT_VERSION "\n");
    return ExitCode::done;
  }
  throw verb_error(invocation, verbs);
}

}  // namespace

int run_tool(const ToolInfo& tool, int argc, const char* const* argv, const Prepare& prepare) {
  const Invocation invocation = invocation_of(tool, argc, argv);
  return guarded(invocation, [&](const config::Environment& environment, Voice& voice) {
    return run_parsed(tool, invocation, prepare, environment, voice);
  });
}

int run_tool(const ToolInfo& tool, int argc, const char* const* argv,
             const std::vector<Verb>& verbs) {
  Invocation invocation = invocation_of(tool, argc, argv);
  const auto verb = std::find_if(verbs.begin(), verbs.end(), [&](const Verb& candidate) {
    return begins_with_verb(invocation.words, candidate.info.name);
  });
  if (verb != verbs.end()) {
    invocation.command += " " + std::string(verb->info.name);
    const auto words = 1 + std::ranges::count(verb->info.name, ' ');
    invocation.words.erase(invocation.words.begin(), invocation.words.begin() + words);
  }
  return guarded(invocation, [&](const config::Environment& environment, Voice& voice) {
    if (verb == verbs.end()) return run_without_verb(tool, invocation, verbs);
    return run_parsed(verb->info, invocation, verb->prepare, environment, voice);
  });
}

}  // namespace lifeboat::cli
