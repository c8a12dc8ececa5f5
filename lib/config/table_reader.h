#ifndef LIFEBOAT_CONFIG_TABLE_READER_H_
#define LIFEBOAT_CONFIG_TABLE_READER_H_

#include <toml++/toml.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace lifeboat::config {

/// Reads one TOML table key by key and refuses what nobody asked for. Private to lib/config.
/// Every failure is an Error(usage) that begins with "FILE:LINE: ". Keeps references: the table
/// must outlive the reader.
class TableReader {
 public:
  /// `title` names the table in messages: "[vault]", or "the top level".
  TableReader(const toml::table& table, std::string title, const std::string& file);

  [[nodiscard]] std::optional<std::string> text(std::string_view key);
  [[nodiscard]] std::vector<std::string> texts(std::string_view key);
  [[nodiscard]] std::optional<std::chrono::seconds> duration(std::string_view key);
  /// A whole number of `least` or more.
  [[nodiscard]] std::optional<int> number(std::string_view key, int least);
  /// A number of 0 or more, whole or not.
  [[nodiscard]] std::optional<double> amount(std::string_view key);
  /// The position of the word in `words`; any other word is an error that lists them.
  [[nodiscard]] std::optional<std::size_t> choice(std::string_view key,
                                                  const std::vector<std::string>& words);
  /// true or false; false if it is not there.
  [[nodiscard]] bool truth(std::string_view key);
  /// A text, a number or a truth value, as text.
  [[nodiscard]] std::optional<std::string> scalar(std::string_view key);
  [[nodiscard]] const toml::table* table(std::string_view key);

  /// Every key there is, in the order of the file's lines: a table whose keys are names.
  [[nodiscard]] std::vector<std::string> keys() const;

  /// Throws on the first key that was not asked for; the hint names the nearest that was.
  void expect_no_other() const;

  [[nodiscard]] int line_of(std::string_view key) const;
  [[nodiscard]] Error error_at(int line, const std::string& message,
                               const std::string& hint = {}) const;

 private:
  [[nodiscard]] const toml::node* find(std::string_view key);
  [[nodiscard]] Error wrong_type(std::string_view key, std::string_view wanted) const;

  const toml::table& table_;
  std::string title_;
  const std::string& file_;
  std::vector<std::string> asked_;
};

/// Throws Error(usage) that names file and line on text that is no TOML.
[[nodiscard]] toml::table parse_toml(std::string_view text, const std::string& file);

/// "url, copy, max_behind".
[[nodiscard]] std::string join(const std::vector<std::string>& words);

}  // namespace lifeboat::config

#endif  // LIFEBOAT_CONFIG_TABLE_READER_H_
