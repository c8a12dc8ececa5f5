#include "cli/front_door.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include "base/error.h"
#include "cli/guard.h"
#include "cli/now_verb.h"
#include "cli/run_tool.h"
#include "cli/standard_streams.h"
#include "cli/text_table.h"
#include "config/nearest.h"
#include "os/file.h"
#include "os/subprocess.h"

namespace lifeboat::cli {
namespace {

using Entry = std::pair<std::string_view, std::string_view>;
constexpr std::array<Entry, 7> kVerbs = {{
    {"vault", "create a vault, list and check what is in it, manage its keys"},
    {"snapshot", "capture sources into one snapshot"},
    {"restore", "put a snapshot back into a database"},
    {"verify", "restore a snapshot into a scratch, compare, and sign the proof"},
    {"compare", "list what differs between a snapshot and a live server"},
    {"drill", "rehearse a restore, by hand or when it is due, and tell how it went"},
    {"doctor", "check this machine, its configuration and its credentials"},
}};

/// The one verb that needs no other executable.
constexpr std::string_view kNow = "now";

bool is_known(std::string_view verb) {
  return std::any_of(kVerbs.begin(), kVerbs.end(),
                     [verb](const Entry& entry) { return entry.first == verb; });
}

std::string overview(const config::Environment& environment) {
  TextTable verbs({Align::left, Align::left}, 2);
  for (const auto& [verb, summary] : kVerbs) {
    if (find_tool(verb, environment)) verbs.add({std::string(verb), std::string(summary)});
  }
  verbs.add({std::string(kNow), "say what would come back if everything were lost now"});
  verbs.add({"help", "this, or `lifeboat help VERB`"});
  return "usage: lifeboat VERB [OPTION]...\n\n"
         "Backup and disaster recovery: snapshot databases into an encrypted vault,\n"
         "restore them, and prove that the restore works.\n\n"
         "Verbs:\n" +
         verbs.text() +
         "\nFirst steps:\n"
         "  lifeboat vault create ./vault --keys ./keys\n"
         "  lifeboat snapshot --postgres env:DATABASE_URL\n"
         "  lifeboat verify latest --scratch local\n"
         "  lifeboat restore latest --postgres env:NEW_URL\n\n"
         "`lifeboat VERB --help` explains one, with its options and exit codes.\n";
}

[[noreturn]] void execute(const std::filesystem::path& program,
                          const std::vector<std::string>& arguments) {
  std::vector<std::string> words = {program.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execv(program.c_str(), argv.data());
  throw os::errno_error(errno, "run " + program.string());
}

[[noreturn]] void run_verb(const std::string& verb, const std::vector<std::string>& arguments,
                           const config::Environment& environment) {
  if (!is_known(verb)) {
    std::vector<std::string> names = {"help", std::string(kNow)};
    for (const auto& [name, summary] : kVerbs) names.emplace_back(name);
    const auto meant = config::nearest(verb, names);
    throw Error(ErrorKind::usage, "unknown verb \"" + verb + "\"",
                meant ? "did you mean " + *meant + "?" : "`lifeboat help` lists the verbs");
  }
  const auto program = find_tool(verb, environment);
  if (!program) {
    throw Error(ErrorKind::not_found, "lifeboat-" + verb + " is not installed beside lifeboat",
                "set LIFEBOAT_BIN to the directory that holds it");
  }
  execute(*program, arguments);
}

}  // namespace

std::optional<std::filesystem::path> find_tool(std::string_view verb,
                                               const config::Environment& environment) {
  std::vector<std::filesystem::path> directories = {os::own_directory()};
  if (const auto named = environment.find("LIFEBOAT_BIN")) directories.emplace_back(*named);
  for (const auto& directory : directories) {
    if (!directory.is_absolute()) continue;
    auto program = directory / ("lifeboat-" + std::string(verb));
    if (::access(program.c_str(), X_OK) == 0) return program;
  }
  return std::nullopt;
}

int run_front_door(int argc, const char* const* argv) {
  if (argc > 1 && argv[1] == kNow)
    return run_tool(ToolInfo{}, argc, argv, std::vector<Verb>{now_verb()});
  if (argc > 2 && argv[1] == std::string_view("help") && argv[2] == kNow) {
    return run_tool(ToolInfo{}, 3, std::array{"lifeboat", "now", "--help"}.data(),
                    std::vector<Verb>{now_verb()});
  }
  Invocation invocation{.command = "lifeboat", .words = {argv + std::min(argc, 1), argv + argc}};
  return guarded(invocation, [&](const config::Environment& environment, Voice&) {
    const auto& words = invocation.words;
    const std::string first = words.empty() ? "help" : words.front();
    if (first == "--version") {
      write_stdout("lifeboat " LIFEBOAT_VERSION "\n");
    } else if (first == "help" && words.size() > 1) {
      run_verb(words[1], {"--help"}, environment);
    } else if (first == "help" || first == "--help" || first == "-h") {
      write_stdout(overview(environment));
    } else if (first.starts_with('-')) {
      throw Error(ErrorKind::usage, "unknown option " + first.substr(0, first.find('=')),
                  "a verb comes first: `lifeboat help` lists them");
    } else {
      run_verb(first, {words.begin() + 1, words.end()}, environment);
    }
    return ExitCode::done;
  });
}

}  // namespace lifeboat::cli
