#ifndef LIFEBOAT_RESP_PARSER_H_
#define LIFEBOAT_RESP_PARSER_H_

#include <optional>
#include <vector>

#include "base/bytes.h"
#include "resp/value.h"

namespace lifeboat::resp {

/// What a reply may be at the most. More is Error(corrupt): a server that says so is none.
struct Limits {
  std::size_t line_bytes = 64 * 1024;
  std::size_t bulk_bytes = (512U << 20U) + 64 * 1024;  ///< proto-max-bulk-len, and DUMP's frame
  std::size_t depth = 32;
  std::size_t elements = 16U << 20U;  ///< of one reply, all levels together
};

/// Replies out of bytes that come in any cut: RESP2 and RESP3. Attributes are read and dropped.
///
/// Memory: what has come and is not yet a whole reply; a length alone reserves nothing. It never
/// calls itself: nesting is a list. Not thread-safe. After a throw it is dead: there is no resync.
class Parser {
 public:
  explicit Parser(Limits limits = {}) : limits_(limits) {}

  void feed(ByteView bytes);
  /// The next whole reply, or nothing until more bytes have come. Throws Error(corrupt).
  [[nodiscard]] std::optional<Value> next();
  /// Whether bytes of an unfinished reply are here.
  [[nodiscard]] bool in_the_middle() const noexcept {
    return at_ < buffer_.size() || !open_.empty() || bulk_left_.has_value();
  }

 private:
  /// An aggregate whose elements are still coming.
  struct Open {
    Value value;
    std::size_t missing = 0;
    bool attribute = false;
  };
  struct Bulk {
    std::size_t bytes = 0;
    char mark = '$';
  };

  [[nodiscard]] std::optional<std::string_view> take_line();
  /// One step; true if a value without open elements is in `done`.
  [[nodiscard]] bool step(Value& done, bool& progressed);
  [[nodiscard]] bool begin(char mark, std::string_view rest, Value& done);
  [[nodiscard]] bool begin_bulk(char mark, std::string_view rest, Value& done);
  [[nodiscard]] bool begin_list(char mark, std::string_view rest, Value& done);
  [[nodiscard]] bool finish_bulk(Value& done);
  /// Puts a finished value where it belongs; true if it is a whole reply.
  [[nodiscard]] bool attach(Value& done);
  void count_element();

  Limits limits_;
  Bytes buffer_;
  std::size_t at_ = 0;       ///< what stands before it was used
  std::size_t scanned_ = 0;  ///< no line end stands before it
  std::vector<Open> open_;
  std::optional<Bulk> bulk_left_;
  std::size_t elements_ = 0;
};

}  // namespace lifeboat::resp

#endif  // LIFEBOAT_RESP_PARSER_H_
