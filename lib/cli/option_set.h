#ifndef LIFEBOAT_CLI_OPTION_SET_H_
#define LIFEBOAT_CLI_OPTION_SET_H_

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/settings.h"

namespace lifeboat::cli {

enum class Presence { required, optional };

/// The options and arguments of one command, declared once and bound to variables that the parser
/// fills. The bound variables must outlive parse(). Boost.Program_options stays behind it.
///
/// An option is given as `--name VALUE` or `--name=VALUE`; abbreviations are not accepted, and an
/// option that does not repeat may be given once. `metavar` and `help` are what --help shows.
class OptionSet {
 public:
  /// Starts a titled group in --help; the options declared next belong to it.
  void group(std::string_view title);

  void value(std::string_view name, std::string& target, std::string_view metavar,
             std::string_view help);
  void value(std::string_view name, std::optional<std::string>& target, std::string_view metavar,
             std::string_view help);
  /// Of a list, one.
  void value(std::string_view name, std::vector<std::string>& target, std::string_view metavar,
             std::string_view help);
  /// A whole number of `least` or more.
  void number(std::string_view name, std::optional<int>& target, int least,
              std::string_view metavar, std::string_view help);
  /// A duration such as 24h (config/duration.h).
  void duration(std::string_view name, std::optional<std::chrono::seconds>& target,
                std::string_view metavar, std::string_view help);
  /// A size such as 20MB (config/byte_size.h).
  void byte_size(std::string_view name, std::optional<std::uint64_t>& target,
                 std::string_view metavar, std::string_view help);
  /// May be repeated.
  void list(std::string_view name, std::vector<std::string>& target, std::string_view metavar,
            std::string_view help);
  void flag(std::string_view name, bool& target, std::string_view help);
  /// One of a few words; any other is a usage error that lists them.
  template <typename Choice>
  void choice(std::string_view name, Choice& target,
              const std::vector<std::pair<std::string, Choice>>& choices, std::string_view help) {
    std::vector<std::string> words;
    std::map<std::string, Choice> by_word;
    for (const auto& [word, value] : choices) {
      words.push_back(word);
      by_word.emplace(word, value);
    }
    choice_of_words(name, words, help,
                    [&target, by_word](const std::string& word) { target = by_word.at(word); });
  }

  /// The next argument by position. `metavar` names it in messages: "SNAPSHOT".
  void argument(std::string_view metavar, std::string& target, Presence presence,
                std::string_view help);
  /// All arguments that are left.
  void arguments(std::string_view metavar, std::vector<std::string>& target, std::string_view help);

  /// The settings shared by all tools; the option groups of option_groups.h bind into it.
  [[nodiscard]] config::Flags& flags() noexcept { return flags_; }
  [[nodiscard]] const config::Flags& flags() const noexcept { return flags_; }

  /// Fills the bound variables. Throws Error(usage): unknown option (the hint names the nearest),
  void parse(const std::vector<std::string>& words) const;

  /// The options, group by group, as --help shows them, at most 80 columns wide.
  [[nodiscard]] std::string help() const;

 private:
  struct Option {
    std::string group;
    std::string name;
    std::string metavar;  ///< empty = a flag
    std::string help;
    bool repeats = false;
    std::function<void(const std::vector<std::string>&)> store;
  };
  struct Argument {
    std::string metavar;
    std::string help;
    Presence presence = Presence::optional;
    bool takes_rest = false;
    std::function<void(const std::vector<std::string>&)> store;
  };

  void add(std::string_view name, std::string_view metavar, std::string_view help, bool repeats,
           std::function<void(const std::vector<std::string>&)> store);
  void choice_of_words(std::string_view name, const std::vector<std::string>& words,
                       std::string_view help, std::function<void(const std::string&)> store);
  /// An option's name (empty: an argument) and its values, as they were typed.
  using Given = std::pair<std::string, std::vector<std::string>>;
  [[nodiscard]] std::vector<Given> split(const std::vector<std::string>& words) const;
  [[nodiscard]] const Option& find(const std::string& name) const;
  [[nodiscard]] std::vector<std::string> option_names() const;
  void store_arguments(const std::vector<std::string>& given) const;

  std::string group_ = "Options";
  std::vector<Option> options_;
  std::vector<Argument> arguments_;
  config::Flags flags_;
};

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_OPTION_SET_H_
