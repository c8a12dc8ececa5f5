#include "base/percent_encoding.h"

#include <charconv>

#include "base/bytes.h"

namespace lifeboat {

std::string percent_encoded(std::string_view bytes) {
  std::string encoded;
  for (const char c : bytes) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_';
    if (plain) {
      encoded += c;
    } else {
      encoded += "%" + to_hex(as_bytes(std::string_view(&c, 1)));
    }
  }
  return encoded;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned value = 0;
    const std::string_view digits = text.substr(i + 1, 2);
    const auto [end, failure] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() != 2 || failure != std::errc() || end != digits.data() + 2) return {};
    out += static_cast<char>(value);
    i += 2;
  }
  return out;
}

}  // namespace lifeboat
