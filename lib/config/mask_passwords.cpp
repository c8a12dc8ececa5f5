#include <algorithm>

#include "config/secret_reference.h"

// By hand and not by std::regex, whose recursion overflows the stack on long lines.
namespace lifeboat::config {
namespace {

/// A part of a text, [begin, end).
struct Span {
  std::size_t begin = std::string_view::npos;
  std::size_t end = std::string_view::npos;
  [[nodiscard]] bool found() const noexcept { return begin != std::string_view::npos; }
};

std::size_t end_or(std::size_t position, std::string_view text) {
  return std::min(position, text.size());
}

/// The value of the password= (PGPASSWORD=) that comes first from `from`.
Span next_value(std::string_view text, std::size_t from) {
  static constexpr std::string_view kLower = "password=";
  static constexpr std::string_view kUpper = "PASSWORD=";
  const std::size_t word = std::min(text.find(kLower, from), text.find(kUpper, from));
  if (word == std::string_view::npos) return {};
  const std::size_t begin = word + kLower.size();
  if (begin < text.size() && text[begin] == '\'') {
    return {begin + 1, end_or(text.find('\'', begin + 1), text)};
  }
  return {begin, end_or(text.find_first_of(" &\t\r\n\"'", begin), text)};
}

/// Where the password in "user:password@host/…" ends: at the last '@' before the path, or, if an
/// unencoded '/' is part of the password, at the last '@' of the word.
std::size_t end_of_password(std::string_view word, std::size_t colon) {
  const std::size_t path = end_or(word.find('/'), word);
  const std::size_t at = word.substr(0, path).rfind('@');
  if (at != std::string_view::npos) return at > colon ? at : std::string_view::npos;
  const std::string_view port = word.substr(colon + 1, path - std::min(path, colon + 1));
  const bool is_port = port.find_first_not_of("0123456789") == std::string_view::npos;
  if (word.starts_with('[') || is_port) return std::string_view::npos;
  return word.rfind('@');
}

/// The password of the URL that comes first from `from`.
Span next_url_password(std::string_view text, std::size_t from) {
  for (std::size_t slashes = text.find("//", from); slashes != std::string_view::npos;
       slashes = text.find("//", slashes + 2)) {
    const std::size_t begin = slashes + 2;
    const std::size_t end = end_or(text.find_first_of(" \t\r\n\"'<>", begin), text);
    const std::string_view word = text.substr(begin, end - begin);
    const std::size_t colon = word.find(':');
    if (colon == std::string_view::npos) continue;
    const std::size_t at = end_of_password(word, colon);
    if (at != std::string_view::npos && at > colon + 1) return {begin + colon + 1, begin + at};
  }
  return {};
}

}  // namespace

std::string mask_passwords(std::string_view text) {
  std::string masked;
  std::size_t at = 0;
  while (true) {
    const Span value = next_value(text, at);
    const Span url = next_url_password(text, at);
    const Span next = value.begin < url.begin ? value : url;
    if (!next.found()) break;
    masked.append(text.substr(at, next.begin - at));
    if (next.end > next.begin) masked.append("***");
    at = next.end;
  }
  return masked.append(text.substr(at));
}

}  // namespace lifeboat::config
