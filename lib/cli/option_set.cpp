#include "cli/option_set.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>

#include "base/error.h"
#include "cli/text_table.h"
#include "config/byte_size.h"
#include "config/duration.h"
#include "config/nearest.h"

namespace lifeboat::cli {
namespace {

namespace po = boost::program_options;

constexpr std::size_t kHelpColumn = 26;

int parse_number(std::string_view name, const std::string& text, int least) {
  int value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc{} && rest == end && value >= least) return value;
  throw Error(ErrorKind::usage, "--" + std::string(name) + " must be a whole number of " +
                                    std::to_string(least) + " or more");
}

/// Boost names the option as it was typed, a value behind '=' included.
std::string typed_name(const po::error_with_option_name& error) {
  std::string name = error.get_option_name();
  name.resize(std::min(name.size(), name.find('=')));
  return name;
}

std::string without_dashes(const std::string& typed) {
  return typed.substr(std::min(typed.size(), typed.find_first_not_of('-')));
}

/// In `--vault --json` the vault was forgotten: it is not called "--json".
void refuse_option_as_value(const std::vector<std::string>& typed) {
  if (typed.size() < 2 || !typed.front().starts_with("--") || !typed[1].starts_with("--")) return;
  throw Error(ErrorKind::usage, typed.front() + " needs a value",
              "a value that begins with -- is given as " + typed.front() + "=VALUE");
}

std::string help_row(const std::string& left, const std::string& help) {
  std::string row = "  " + left;
  row += row.size() + 2 > kHelpColumn ? "\n" + std::string(kHelpColumn, ' ')
                                      : std::string(kHelpColumn - row.size(), ' ');
  return row + wrap(help, kColumns - kHelpColumn, kHelpColumn) + "\n";
}

}  // namespace

void OptionSet::group(std::string_view title) { group_ = title; }

void OptionSet::add(std::string_view name, std::string_view metavar, std::string_view help,
                    bool repeats, std::function<void(const std::vector<std::string>&)> store) {
  options_.push_back({group_, std::string(name), std::string(metavar), std::string(help), repeats,
                      std::move(store)});
}

void OptionSet::value(std::string_view name, std::string& target, std::string_view metavar,
                      std::string_view help) {
  add(name, metavar, help, false, [&target](const auto& given) { target = given.front(); });
}

void OptionSet::value(std::string_view name, std::optional<std::string>& target,
                      std::string_view metavar, std::string_view help) {
  add(name, metavar, help, false, [&target](const auto& given) { target = given.front(); });
}

void OptionSet::value(std::string_view name, std::vector<std::string>& target,
                      std::string_view metavar, std::string_view help) {
  add(name, metavar, help, false, [&target](const auto& given) { target = given; });
}

void OptionSet::number(std::string_view name, std::optional<int>& target, int least,
                       std::string_view metavar, std::string_view help) {
  add(name, metavar, help, false, [&target, least, name = std::string(name)](const auto& given) {
    target = parse_number(name, given.front(), least);
  });
}

void OptionSet::duration(std::string_view name, std::optional<std::chrono::seconds>& target,
                         std::string_view metavar, std::string_view help) {
  add(name, metavar, help, false, [&target, name = std::string(name)](const auto& given) {
    target = config::parse_duration(given.front());
    if (target) return;
    throw Error(ErrorKind::usage, "--" + name + " is not a duration: \"" + given.front() + "\"",
                "write it like 10m, 24h, 7d or 1h30m");
  });
}

void OptionSet::byte_size(std::string_view name, std::optional<std::uint64_t>& target,
                          std::string_view metavar, std::string_view help) {
  add(name, metavar, help, false, [&target, name = std::string(name)](const auto& given) {
    target = config::parse_byte_size(given.front());
    if (target) return;
    throw Error(ErrorKind::usage, "--" + name + " is not a size: \"" + given.front() + "\"",
                "write it like 500kB, 20MB, 1.5GB or 64MiB");
  });
}

void OptionSet::list(std::string_view name, std::vector<std::string>& target,
                     std::string_view metavar, std::string_view help) {
  add(name, metavar, help, true, [&target](const auto& given) { target = given; });
}

void OptionSet::flag(std::string_view name, bool& target, std::string_view help) {
  add(name, "", help, false, [&target](const auto&) { target = true; });
}

void OptionSet::choice_of_words(std::string_view name, const std::vector<std::string>& words,
                                std::string_view help,
                                std::function<void(const std::string&)> store) {
  std::string metavar;
  for (const std::string& word : words) metavar += (metavar.empty() ? "" : "|") + word;
  const auto check_and_store = [words, metavar, name = std::string(name),
                                store = std::move(store)](const auto& given) {
    const std::string& word = given.front();
    if (std::find(words.begin(), words.end(), word) != words.end()) return store(word);
    const auto meant = config::nearest(word, words);
    throw Error(ErrorKind::usage, "--" + name + " must be " + metavar + ", not \"" + word + "\"",
                meant ? "did you mean " + *meant + "?" : "");
  };
  add(name, metavar, help, false, check_and_store);
}

void OptionSet::argument(std::string_view metavar, std::string& target, Presence presence,
                         std::string_view help) {
  arguments_.push_back({std::string(metavar), std::string(help), presence, false,
                        [&target](const auto& given) { target = given.front(); }});
}

void OptionSet::arguments(std::string_view metavar, std::vector<std::string>& target,
                          std::string_view help) {
  arguments_.push_back({std::string(metavar), std::string(help), Presence::optional, true,
                        [&target](const auto& given) { target = given; }});
}

std::vector<std::string> OptionSet::option_names() const {
  std::vector<std::string> names;
  for (const Option& option : options_) names.push_back(option.name);
  return names;
}

void OptionSet::parse(const std::vector<std::string>& words) const {
  std::map<std::string, std::vector<std::string>> given;
  std::vector<std::string> by_position;
  for (auto& [name, values] : split(words)) {
    if (name.empty()) {
      by_position.insert(by_position.end(), values.begin(), values.end());
      continue;
    }
    const bool first = !given.contains(name);
    auto& all = given[name];
    all.insert(all.end(), values.begin(), values.end());
    if (!first && !find(name).repeats) {
      throw Error(ErrorKind::usage, "--" + name + " was given more than once");
    }
  }
  for (const auto& [name, values] : given) find(name).store(values);
  store_arguments(by_position);
}

std::vector<OptionSet::Given> OptionSet::split(const std::vector<std::string>& words) const {
  po::options_description description;
  for (const Option& option : options_) {
    const std::string name = option.name == "help" ? "help,h" : option.name;
    if (option.metavar.empty()) {
      description.add_options()(name.c_str(), "");
    } else {
      description.add_options()(name.c_str(), po::value<std::string>(), "");
    }
  }
  // Boost's default style takes --verb for --verbose: a later option would break a script.
  const int style = po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
  std::vector<Given> parts;
  try {
    const auto parsed = po::command_line_parser(words).options(description).style(style).run();
    for (const auto& option : parsed.options) {
      refuse_option_as_value(option.original_tokens);
      parts.emplace_back(option.string_key, option.value);
    }
  } catch (const po::unknown_option& error) {
    const auto meant = config::nearest(without_dashes(typed_name(error)), option_names());
    throw Error(ErrorKind::usage, "unknown option " + typed_name(error),
                meant ? "did you mean --" + *meant + "?" : "");
  } catch (const po::invalid_command_line_syntax& error) {
    const std::string name = without_dashes(typed_name(error));
    const bool extra = error.kind() == po::invalid_syntax::extra_parameter;
    throw Error(ErrorKind::usage, "--" + name + (extra ? " takes no value" : " needs a value"));
  } catch (const po::error& error) {
    throw Error(ErrorKind::usage, std::string("the command line: ") + error.what());
  }
  return parts;
}

const OptionSet::Option& OptionSet::find(const std::string& name) const {
  const auto at = std::find_if(options_.begin(), options_.end(),
                               [&name](const Option& option) { return option.name == name; });
  if (at == options_.end()) throw Error(ErrorKind::internal, "no option --" + name);
  return *at;
}

void OptionSet::store_arguments(const std::vector<std::string>& given) const {
  std::size_t next = 0;
  for (const Argument& argument : arguments_) {
    if (argument.takes_rest) {
      argument.store({given.begin() + static_cast<std::ptrdiff_t>(next), given.end()});
      next = given.size();
    } else if (next < given.size()) {
      argument.store({given[next++]});
    } else if (argument.presence == Presence::required) {
      throw Error(ErrorKind::usage, argument.metavar + " is missing: " + argument.help);
    }
  }
  if (next < given.size()) {
    throw Error(ErrorKind::usage, "superfluous argument \"" + given[next] + "\"");
  }
}

std::string OptionSet::help() const {
  std::string text;
  if (!arguments_.empty()) text += "Arguments:\n";
  for (const Argument& argument : arguments_) {
    text += help_row(argument.metavar + (argument.takes_rest ? "..." : ""), argument.help);
  }
  std::vector<std::string> groups;
  for (const Option& option : options_) {
    if (std::find(groups.begin(), groups.end(), option.group) == groups.end()) {
      groups.push_back(option.group);
    }
  }
  for (const std::string& group : groups) {
    text += (text.empty() ? "" : "\n") + group + ":\n";
    for (const Option& option : options_) {
      if (option.group != group) continue;
      const std::string value = option.metavar.empty() ? "" : " " + option.metavar;
      text += help_row("--" + option.name + value,
                       option.help + (option.repeats ? " (repeatable)" : ""));
    }
  }
  return text;
}

}  // namespace lifeboat::cli
