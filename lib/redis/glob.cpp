#include "redis/glob.h"

#include <optional>

namespace lifeboat::redis {
namespace {

/// Takes one character's worth of pattern off the front and says whether `c` fits it.
bool take_one(std::string_view& pattern, char c) {
  const char first = pattern.front();
  pattern.remove_prefix(1);
  if (first == '?') return true;
  if (first == '\\' && !pattern.empty()) {
    const char literal = pattern.front();
    pattern.remove_prefix(1);
    return literal == c;
  }
  if (first != '[') return first == c;
  const bool negated = pattern.starts_with('^');
  if (negated) pattern.remove_prefix(1);
  bool found = false;
  while (!pattern.empty() && pattern.front() != ']') {
    if (pattern.front() == '\\' && pattern.size() > 1) pattern.remove_prefix(1);
    const auto low = static_cast<unsigned char>(pattern.front());
    auto high = low;
    if (pattern.size() > 2 && pattern[1] == '-' && pattern[2] != ']') {
      high = static_cast<unsigned char>(pattern[2]);
      pattern.remove_prefix(2);
    }
    pattern.remove_prefix(1);
    const auto byte = static_cast<unsigned char>(c);
    found = found || (byte >= low && byte <= high) || (byte >= high && byte <= low);
  }
  if (!pattern.empty()) pattern.remove_prefix(1);
  return found != negated;
}

}  // namespace

bool fits(std::string_view pattern, std::string_view key) {
  // One star is remembered: what a later one takes, an earlier one need not.
  struct Retry {
    std::string_view pattern;
    std::string_view key;
  };
  std::optional<Retry> star;
  while (true) {
    if (pattern.starts_with('*')) {
      pattern.remove_prefix(1);
      star = Retry{pattern, key};
      continue;
    }
    if (pattern.empty() && key.empty()) return true;
    std::string_view rest = pattern;
    if (!pattern.empty() && !key.empty() && take_one(rest, key.front())) {
      pattern = rest;
      key.remove_prefix(1);
      continue;
    }
    if (!star || star->key.empty()) return false;
    star->key.remove_prefix(1);
    pattern = star->pattern;
    key = star->key;
  }
}

}  // namespace lifeboat::redis
