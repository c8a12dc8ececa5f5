#include "resp/value.h"

#include <algorithm>
#include <charconv>

namespace lifeboat::resp {
namespace {

constexpr std::size_t kLongestHead = 1 + 20 + 2;

char* put_head(char* at, char mark, std::size_t number) {
  *at++ = mark;
  at = std::to_chars(at, at + 20, number).ptr;
  *at++ = '\r';
  *at++ = '\n';
  return at;
}

}  // namespace

// Written in place, for a capture sends three commands a key.
void append_command(Bytes& to, std::span<const std::string_view> arguments) {
  std::size_t most = kLongestHead;
  for (const std::string_view argument : arguments) most += kLongestHead + argument.size() + 2;
  const std::size_t before = to.size();
  to.resize(before + most);
  char* const begin = reinterpret_cast<char*>(to.data());
  char* at = put_head(begin + before, '*', arguments.size());
  for (const std::string_view argument : arguments) {
    at = put_head(at, '$', argument.size());
    at = std::ranges::copy(argument, at).out;
    *at++ = '\r';
    *at++ = '\n';
  }
  to.resize(static_cast<std::size_t>(at - begin));
}

}  // namespace lifeboat::resp
