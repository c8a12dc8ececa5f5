#include "base/error.h"
#include "cli/drill_files.h"
#include "cli/drill_verbs.h"
#include "cli/text_table.h"
#include "config/config.h"

namespace lifeboat::cli {
namespace {

struct LintOptions {
  std::string file;
  std::optional<std::string> drills;
};

void declare_lint(OptionSet& set, LintOptions& options) {
  set.argument("FILE|NAME", options.file, Presence::optional, "one drill (default: all)");
  set.value("drills", options.drills, "DIR",
            "the folder of the drills' files (default: ./drills, else those that are installed)");
}

struct Linted {
  std::string file;
  std::optional<DrillFile> drill;
  std::string message;
  std::string hint;
};

/// A source that no section names is a typing error, where there are sections.
void require_known_sources(Session& session, const DrillFile& drill) {
  if (session.config().sources.empty()) return;
  const auto require = [&](const std::string& name, int line) {
    if (name.empty() || session.config().find_source(name) != nullptr) return;
    throw Error(ErrorKind::usage, drill.scenario.file + ":" + std::to_string(line) +
                                      ": there is no [source." + name + "] in " +
                                      session.config().file);
  };
  for (const auto& name : drill.scenario.sources) require(name, 1);
  for (const auto& assertion : drill.scenario.assertions) require(assertion.on, assertion.line);
}

Linted lint(Session& session, const std::filesystem::path& file) {
  Linted linted{file.string(), {}, "", ""};
  try {
    DrillFile drill = load_drill(file);
    require_known_sources(session, drill);
    linted.drill = std::move(drill);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::usage) throw;
    linted.message = error.message();
    linted.hint = error.hint();
  }
  return linted;
}

std::optional<Instant> next_of(const Linted& linted, Instant now) {
  if (!linted.drill || !linted.drill->schedule) return std::nullopt;
  return linted.drill->schedule->next_after(now);
}

ExitCode run_lint(const LintOptions& options, Session& session) {
  const auto folder = drills_folder(session, options.drills);
  std::vector<Linted> all;
  if (options.file.empty()) {
    for (const auto& file : drill_files_in(folder)) all.push_back(lint(session, file));
  } else {
    const bool path =
        options.file.find('/') != std::string::npos || options.file.ends_with(".toml");
    all.push_back(
        lint(session, path ? options.file : (folder / (options.file + ".toml")).string()));
  }
  Json drills = Json::array();
  TextTable table({Align::left, Align::left, Align::left});
  std::string wrong;
  for (const Linted& linted : all) {
    const auto next = next_of(linted, session.clock().now());
    drills.push_back({{"file", linted.file},
                      {"name", linted.drill ? Json(linted.drill->scenario.name) : Json()},
                      {"next", next ? to_json(*next) : Json()},
                      {"message", linted.message.empty() ? Json() : Json(linted.message)},
                      {"hint", linted.hint.empty() ? Json() : Json(linted.hint)}});
    if (linted.drill) {
      table.add({linted.drill->scenario.name, "ok",
                 next ? "next " + to_minute(*next) + " UTC" : "by hand"});
    } else {
      wrong += linted.message + "\n" + (linted.hint.empty() ? "" : "  hint: " + linted.hint + "\n");
    }
  }
  session.print(table.text() + wrong, {{"drills", drills}});
  return wrong.empty() ? ExitCode::done : ExitCode::usage;
}

}  // namespace

Verb drill_lint_verb() {
  return {
      {.name = "lint",
       .summary = "Check the drills' files: every key, every time, every source.",
       .synopsis = "[OPTION]... [FILE|NAME]",
       .details = "Opens no vault and runs nothing. Shows when each is due next. Exit code 2 if "
                  "one is wrong.",
       .examples = {{"lifeboat drill lint", "all in ./drills"},
                    {"lifeboat drill lint my.toml", "one file"}},
       .exit_codes = {ExitCode::not_found},
       .environment = {"LIFEBOAT_DRILLS"}},
      prepare<LintOptions>(declare_lint, run_lint)};
}

}  // namespace lifeboat::cli
