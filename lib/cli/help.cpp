#include "cli/help.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.h"
#include "cli/text_table.h"

namespace lifeboat::cli {
namespace {

using Meaning = std::pair<std::string_view, std::string_view>;
constexpr std::array<Meaning, 22> kVariables = {{
    {"LIFEBOAT_VAULT", "the vault, if --vault is not given"},
    {"LIFEBOAT_CONFIG", "the configuration file, if --config is not given"},
    {"LIFEBOAT_BIN", "where the other lifeboat-* executables are, if not beside this one"},
    {"LIFEBOAT_DRILLS", "the folder of the drills' files, if --drills is not given"},
    {"LIFEBOAT_WRITER", "the writer's credential: may add snapshots"},
    {"LIFEBOAT_IDENTITY", "the identity: may read snapshots"},
    {"LIFEBOAT_VIEWER", "the viewer's credential: may list snapshots"},
    {"LIFEBOAT_OPERATOR", "the operator's credential: signs runbooks and drills"},
    {"LIFEBOAT_PRUNER", "the pruner's credential: may remove what is not kept"},
    {"LIFEBOAT_ADMIN", "the admin's credential: says who is trusted"},
    {"AWS_ACCESS_KEY_ID", "whose key opens the bucket that the vault is in"},
    {"AWS_SECRET_ACCESS_KEY", "the secret that belongs to it"},
    {"LIFEBOAT_COPY_AWS_ACCESS_KEY_ID", "of a copy's bucket"},
    {"DATABASE_URL", "what is captured, if neither flag nor configuration names it"},
    {"REDIS_URL", "the same, of Redis"},
    {"LIFEBOAT_STATE", "where this machine remembers vaults and keys, or none"},
    {"LIFEBOAT_RUNBOOKS", "where runbooks lie, if not in ./runbooks"},
    {"HEROKU_API_KEY", "Heroku's API token"},
    {"CLOUDFLARE_API_TOKEN", "Cloudflare's API token"},
    {"TMPDIR", "where temporary files go (default: /tmp)"},
    {"PATH", "where pg_dump and psql are looked for"},
    {"NO_COLOR", "if set, no colour"},
}};

constexpr std::size_t kVariableColumn = 26;

std::string environment_text(const ToolInfo& info) {
  std::vector<std::string_view> names = info.environment;
  for (const std::string_view everywhere : {"LIFEBOAT_CONFIG", "NO_COLOR"}) {
    if (std::find(names.begin(), names.end(), everywhere) == names.end()) {
      names.push_back(everywhere);
    }
  }
  std::string text = "\nEnvironment:\n";
  bool has_file_form = false;
  for (const std::string_view name : names) {
    std::string row = "  " + std::string(name);
    row += std::string(row.size() < kVariableColumn ? kVariableColumn - row.size() : 1, ' ');
    const std::string_view meaning = meaning_of_variable(name);
    text += row + wrap(meaning, kColumns - kVariableColumn, kVariableColumn) + "\n";
    has_file_form = has_file_form || meaning.find("credential:") != std::string_view::npos ||
                    meaning.starts_with("the identity:");
  }
  if (has_file_form)
    text += "  A credential may also be in a file: LIFEBOAT_WRITER_FILE and so on.\n";
  if (std::find(names.begin(), names.end(), "LIFEBOAT_VAULT") != names.end()) {
    text += "  A vault in a bucket needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.\n";
  }
  if (std::find(names.begin(), names.end(), "LIFEBOAT_IDENTITY") != names.end()) {
    text += "  One under a passphrase needs LIFEBOAT_PASSPHRASE or LIFEBOAT_PASSPHRASE_FILE.\n";
  }
  return text;
}

std::string exit_codes_text(const ToolInfo& info) {
  std::string text = "\nExit codes:\n";
  for (const ExitCode code : kExitCodes) {
    const bool always = code == ExitCode::done || code == ExitCode::failed ||
                        code == ExitCode::usage || code == ExitCode::interrupted;
    const auto& own = info.exit_codes;
    if (!always && std::find(own.begin(), own.end(), code) == own.end()) continue;
    const std::string number = std::to_string(static_cast<int>(code));
    text +=
        (number.size() == 1 ? "   " : "  ") + number + "  " + std::string(meaning_of(code)) + "\n";
  }
  return text;
}

std::string examples_text(const ToolInfo& info) {
  std::string text = "\nExamples:\n";
  for (const Example& example : info.examples) {
    text += "  " + std::string(example.command) + "\n";
    text += "      " + wrap(example.what, kColumns - 6, 6) + "\n";
  }
  return text;
}

std::string head_text(const ToolInfo& info, std::string_view command) {
  std::string text = "usage: " + std::string(command);
  if (!info.synopsis.empty()) text += " " + std::string(info.synopsis);
  text += "\n\n" + wrap(info.summary, kColumns, 0) + "\n";
  if (!info.details.empty()) text += "\n" + wrap(info.details, kColumns, 0) + "\n";
  return text + "\n";
}

}  // namespace

std::string_view meaning_of_variable(std::string_view name) {
  const auto* const at = std::find_if(kVariables.begin(), kVariables.end(),
                                      [name](const Meaning& entry) { return entry.first == name; });
  if (at == kVariables.end()) {
    throw Error(ErrorKind::internal, "no meaning is known of the variable " + std::string(name));
  }
  return at->second;
}

std::string help_text(const ToolInfo& info, std::string_view command, const OptionSet& options) {
  return head_text(info, command) + options.help() + environment_text(info) +
         exit_codes_text(info) + examples_text(info);
}

std::string help_text(const ToolInfo& info, std::string_view command,
                      const std::vector<Verb>& verbs) {
  TextTable table({Align::left, Align::left}, 2);
  for (const Verb& verb : verbs) {
    table.add({std::string(verb.info.name), std::string(verb.info.summary)});
  }
  return head_text(info, command) + "Verbs:\n" + table.text() + "\n`" + std::string(command) +
         " VERB --help` explains one.\n" + examples_text(info);
}

}  // namespace lifeboat::cli
