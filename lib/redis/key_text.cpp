#include "redis/key_text.h"

#include "base/bytes.h"

namespace lifeboat::redis {

std::string shown_key(std::string_view key) {
  std::string text = "\"";
  for (const char c : key) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      text += '\\';
      text += c;
    } else if (c == '\n') {
      text += "\\n";
    } else if (c == '\r') {
      text += "\\r";
    } else if (c == '\t') {
      text += "\\t";
    } else if (byte < 0x20 || byte >= 0x7f) {
      text += "\\x" + to_hex(ByteView(&byte, 1));
    } else {
      text += c;
    }
  }
  return text + '"';
}

}  // namespace lifeboat::redis
