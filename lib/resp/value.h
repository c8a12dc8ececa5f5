#ifndef LIFEBOAT_RESP_VALUE_H_
#define LIFEBOAT_RESP_VALUE_H_

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace lifeboat::resp {

/// What kind of reply it was; those of RESP3 that RESP2 writes otherwise keep their own kind.
enum class Kind {
  nil,
  simple,   ///< "+OK"
  error,    ///< "-ERR ..." or a bulk error
  integer,  ///< integer and boolean
  bulk,     ///< bytes, also verbatim text without its mark, doubles and big numbers as printed
  array,    ///< array and set
  map,      ///< keys and values in turn
  push,     ///< sent without being asked for (RESP3)
};

/// One reply. A value; it holds its own bytes.
struct Value {
  Kind kind = Kind::nil;
  std::int64_t integer = 0;
  std::string text;
  std::vector<Value> items;

  [[nodiscard]] bool is_nil() const noexcept { return kind == Kind::nil; }
  [[nodiscard]] bool is_error() const noexcept { return kind == Kind::error; }
  [[nodiscard]] bool is_text() const noexcept { return kind == Kind::bulk || kind == Kind::simple; }
  [[nodiscard]] bool is_list() const noexcept {
    return kind == Kind::array || kind == Kind::map || kind == Kind::push;
  }
  [[nodiscard]] ByteView bytes() const noexcept { return as_bytes(text); }
  /// The first word of an error: "NOPERM".
  [[nodiscard]] std::string_view code() const noexcept {
    return std::string_view(text).substr(0, text.find(' '));
  }
  friend bool operator==(const Value&, const Value&) = default;
};

/// Appends a command as the server wants it: an array of bulk strings. Arguments are any bytes.
void append_command(Bytes& to, std::span<const std::string_view> arguments);
inline void append_command(Bytes& to, std::initializer_list<std::string_view> arguments) {
  append_command(to, std::span(arguments.begin(), arguments.size()));
}

}  // namespace lifeboat::resp

#endif  // LIFEBOAT_RESP_VALUE_H_
