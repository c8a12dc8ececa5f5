#include "postgres/exclusion_pattern.h"

#include "base/error.h"

namespace lifeboat::postgres {
namespace {

using Symbol = ExclusionPattern::Symbol;
using Symbols = std::vector<Symbol>;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

/// The byte behind the character at `at`, in UTF-8.
std::size_t after_character(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && is_continuation(text[at]);) ++at;
  return at;
}

/// On a mismatch the last `*` takes one character more: no other one needs to be tried again.
bool match(const Symbols& symbols, std::string_view text) {
  std::size_t s = 0;
  std::size_t t = 0;
  std::optional<std::size_t> star;
  std::size_t star_end = 0;
  while (t < text.size()) {
    if (s < symbols.size() && symbols[s].kind == Symbol::Kind::any_text) {
      star = s++;
      star_end = t;
    } else if (s < symbols.size() && symbols[s].kind == Symbol::Kind::any_one) {
      t = after_character(text, t);
      ++s;
    } else if (s < symbols.size() && symbols[s].character == text[t]) {
      ++t;
      ++s;
    } else if (star) {
      s = *star + 1;
      star_end = after_character(text, star_end);
      t = star_end;
    } else {
      return false;
    }
  }
  while (s < symbols.size() && symbols[s].kind == Symbol::Kind::any_text) ++s;
  return s == symbols.size();
}

/// The parts between unquoted dots.
std::vector<Symbols> parse(std::string_view text) {
  std::vector<Symbols> parts(1);
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' && quoted && i + 1 < text.size() && text[i + 1] == '"') {
      parts.back().push_back({Symbol::Kind::itself, text[++i]});
    } else if (c == '"') {
      quoted = !quoted;
    } else if (quoted) {
      parts.back().push_back({Symbol::Kind::itself, c});
    } else if (c == '.') {
      parts.emplace_back();
    } else if (c == '*') {
      parts.back().push_back({Symbol::Kind::any_text, 0});
    } else if (c == '?') {
      parts.back().push_back({Symbol::Kind::any_one, 0});
    } else {
      parts.back().push_back({Symbol::Kind::itself, lower(c)});
    }
  }
  if (quoted) parts.clear();
  return parts;
}

}  // namespace

ExclusionPattern::ExclusionPattern(std::string_view text) : text_(text) {
  std::vector<Symbols> parts = parse(text);
  const bool good =
      !parts.empty() && parts.size() <= 2 && !parts.front().empty() && !parts.back().empty();
  if (!good) {
    throw Error(ErrorKind::usage, "\"" + text_ + "\" names no tables",
                "write table, schema.table, or a pattern with * and ?; put a name with dots or "
                "upper case into double quotes");
  }
  table_ = std::move(parts.back());
  if (parts.size() == 2) schema_ = std::move(parts.front());
}

bool ExclusionPattern::matches(std::string_view schema, std::string_view table) const {
  return (!schema_ || match(*schema_, schema)) && match(table_, table);
}

}  // namespace lifeboat::postgres
