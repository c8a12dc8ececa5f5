#include "base/percent_encoding.h"

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

}  // namespace lifeboat
