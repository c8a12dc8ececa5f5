#include "base/tls_trust.h"

#include <algorithm>

namespace lifeboat {

std::string_view name_of(TlsMode mode) noexcept {
  switch (mode) {
    case TlsMode::verify:
      return "verify";
    case TlsMode::pin:
      return "pin";
    case TlsMode::insecure:
      return "insecure";
  }
  return "verify";
}

bool is_key_pin(std::string_view text) noexcept {
  constexpr std::string_view kMark = "sha256//";
  if (!text.starts_with(kMark)) return false;
  text.remove_prefix(kMark.size());
  // 32 bytes are 43 characters and one to fill up.
  if (text.size() != 44 || text.back() != '=') return false;
  return std::all_of(text.begin(), text.end() - 1, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
  });
}

}  // namespace lifeboat
