#include "cli/paint.h"

namespace lifeboat::cli {

std::string Paint::operator()(Mark mark, std::string_view text) const {
  std::string_view code;
  switch (mark) {
    case Mark::none:
      break;
    case Mark::ok:
      code = "\x1b[32m";
      break;
    case Mark::attention:
      code = "\x1b[33m";
      break;
    case Mark::danger:
      code = "\x1b[1;31m";
      break;
  }
  if (!colour_ || code.empty()) return std::string(text);
  return std::string(code).append(text).append("\x1b[0m");
}

}  // namespace lifeboat::cli
