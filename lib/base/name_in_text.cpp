#include "base/name_in_text.h"

#include <cctype>

namespace lifeboat {
namespace {

bool is_part_of_a_name(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalnum(byte) != 0 || c == '_' || c == '.' || c == '$' || (byte & 0x80U) != 0;
}

}  // namespace

bool names(std::string_view text, std::string_view name, Inside inside) {
  for (std::size_t at = text.find(name); at != std::string_view::npos;
       at = text.find(name, at + 1)) {
    const std::string_view behind = text.substr(at + name.size());
    const bool begins = at == 0 || !is_part_of_a_name(text[at - 1]);
    const bool ends = behind.empty() || !is_part_of_a_name(behind.front()) ||
                      (inside == Inside::counts && behind.front() == '.');
    if (begins && ends) return true;
  }
  return false;
}

}  // namespace lifeboat
