#include "resp/value.h"

namespace lifeboat::resp {
namespace {

void append_line(Bytes& to, char mark, std::size_t number) {
  to.push_back(static_cast<std::uint8_t>(mark));
  append(to, as_bytes(std::to_string(number)));
  append(to, as_bytes("\r\n"));
}

}  // namespace

void append_command(Bytes& to, const std::vector<std::string_view>& arguments) {
  append_line(to, '*', arguments.size());
  for (const std::string_view argument : arguments) {
    append_line(to, '$', argument.size());
    append(to, as_bytes(argument));
    append(to, as_bytes("\r\n"));
  }
}

}  // namespace lifeboat::resp
