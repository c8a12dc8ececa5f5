#include "config/table_reader.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <utility>

#include "config/duration.h"
#include "config/nearest.h"

namespace lifeboat::config {

std::string join(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) {
    if (!joined.empty()) joined += ", ";
    joined += word;
  }
  return joined;
}

toml::table parse_toml(std::string_view text, const std::string& file) {
  try {
    return toml::parse(text, file);
  } catch (const toml::parse_error& error) {
    std::string message(error.description());
    std::replace(message.begin(), message.end(), '\n', ' ');
    throw Error(ErrorKind::usage,
                file + ":" + std::to_string(error.source().begin.line) + ": not TOML: " + message);
  }
}

TableReader::TableReader(const toml::table& table, std::string title, const std::string& file)
    : table_(table), title_(std::move(title)), file_(file) {}

const toml::node* TableReader::find(std::string_view key) {
  asked_.emplace_back(key);
  return table_.get(key);
}

std::optional<std::string> TableReader::text(std::string_view key) {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto value = node->value_exact<std::string>();
  if (!value) throw wrong_type(key, "a text in quotes");
  if (value->empty()) throw error_at(line_of(key), std::string(key) + " is empty");
  return *value;
}

std::vector<std::string> TableReader::texts(std::string_view key) {
  const toml::node* node = find(key);
  if (node == nullptr) return {};
  const toml::array* array = node->as_array();
  if (array == nullptr) throw wrong_type(key, "a list of texts, such as [\"a\", \"b\"]");
  std::vector<std::string> values;
  for (const toml::node& element : *array) {
    const auto value = element.value_exact<std::string>();
    if (!value || value->empty()) throw wrong_type(key, "a list of texts, such as [\"a\", \"b\"]");
    values.push_back(*value);
  }
  return values;
}

std::optional<std::chrono::seconds> TableReader::duration(std::string_view key) {
  const auto written = text(key);
  if (!written) return std::nullopt;
  const auto value = parse_duration(*written);
  if (!value) {
    throw error_at(line_of(key), std::string(key) + " is not a duration: \"" + *written + "\"",
                   "write it like 10m, 24h, 7d or 1h30m");
  }
  return value;
}

std::optional<int> TableReader::number(std::string_view key, int least) {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto value = node->value_exact<std::int64_t>();
  if (!value) throw wrong_type(key, "a whole number");
  if (*value < least || *value > std::numeric_limits<int>::max()) {
    throw error_at(line_of(key), std::string(key) + " must be " + std::to_string(least) +
                                     " or more, not " + std::to_string(*value));
  }
  return static_cast<int>(*value);
}

std::optional<double> TableReader::amount(std::string_view key) {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  // No text is taken for a number: "0,5" would be read as 0.
  if (!node->is_number()) throw wrong_type(key, "a number, such as 0.015");
  const double value = *node->value<double>();
  if (!std::isfinite(value) || value < 0) {
    throw error_at(line_of(key), std::string(key) + " in " + title_ + " must be 0 or more");
  }
  return value;
}

std::optional<std::size_t> TableReader::choice(std::string_view key,
                                               const std::vector<std::string>& words) {
  const auto written = text(key);
  if (!written) return std::nullopt;
  const auto at = std::find(words.begin(), words.end(), *written);
  if (at == words.end()) {
    const auto meant = nearest(*written, words);
    throw error_at(line_of(key),
                   std::string(key) + " cannot be \"" + *written + "\"; known: " + join(words),
                   meant ? "did you mean \"" + *meant + "\"?" : "");
  }
  return static_cast<std::size_t>(at - words.begin());
}

bool TableReader::truth(std::string_view key) {
  const toml::node* node = find(key);
  if (node == nullptr) return false;
  const auto value = node->value_exact<bool>();
  if (!value) throw wrong_type(key, "true or false");
  return *value;
}

std::optional<std::string> TableReader::scalar(std::string_view key) {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  if (const auto value = node->value_exact<std::string>()) return *value;
  if (const auto value = node->value_exact<std::int64_t>()) return std::to_string(*value);
  if (const auto value = node->value_exact<bool>()) return *value ? "true" : "false";
  if (const auto value = node->value_exact<double>()) {
    std::ostringstream text;
    text << *value;
    return text.str();
  }
  throw wrong_type(key, "a text in quotes or a number");
}

const toml::table* TableReader::table(std::string_view key) {
  const toml::node* node = find(key);
  if (node == nullptr) return nullptr;
  if (node->as_table() == nullptr) throw wrong_type(key, "a table");
  return node->as_table();
}

std::vector<std::string> TableReader::keys() const {
  std::vector<std::string> names;
  for (const auto& [key, node] : table_) names.emplace_back(key.str());
  std::ranges::stable_sort(names, {}, [this](const std::string& key) { return line_of(key); });
  return names;
}

void TableReader::expect_no_other() const {
  for (const auto& [key, node] : table_) {
    const std::string name(key.str());
    if (std::find(asked_.begin(), asked_.end(), name) != asked_.end()) continue;
    const auto meant = nearest(name, asked_);
    throw error_at(line_of(name), "unknown key \"" + name + "\" in " + title_,
                   meant ? "did you mean \"" + *meant + "\"?" : "known keys: " + join(asked_));
  }
}

int TableReader::line_of(std::string_view key) const {
  const auto at = table_.find(key);
  if (at == table_.end()) return static_cast<int>(table_.source().begin.line);
  return static_cast<int>(at->first.source().begin.line);
}

Error TableReader::error_at(int line, const std::string& message, const std::string& hint) const {
  return {ErrorKind::usage, file_ + ":" + std::to_string(line) + ": " + message, hint};
}

Error TableReader::wrong_type(std::string_view key, std::string_view wanted) const {
  return error_at(line_of(key),
                  std::string(key) + " in " + title_ + " must be " + std::string(wanted));
}

}  // namespace lifeboat::config
