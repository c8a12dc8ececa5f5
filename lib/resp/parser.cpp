#include "resp/parser.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"

namespace lifeboat::resp {
namespace {

[[noreturn]] void refuse(const char* why) {
  throw Error(ErrorKind::corrupt, std::string("not the Redis protocol: ") + why,
              "is this the port of a Redis server, and does the scheme fit (redis:// or "
              "rediss://)?");
}

std::int64_t number_of(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || failure != std::errc() || end != text.data() + text.size()) {
    refuse("a number was expected");
  }
  return number;
}

Value scalar(Kind kind, std::string_view text) {
  Value value;
  value.kind = kind;
  value.text = text;
  return value;
}

Value whole(std::int64_t number) {
  Value value;
  value.kind = Kind::integer;
  value.integer = number;
  return value;
}

Kind list_kind(char mark) {
  if (mark == '>') return Kind::push;
  return mark == '%' || mark == '|' ? Kind::map : Kind::array;
}

}  // namespace

void Parser::feed(ByteView bytes) {
  // What was used is moved away only when it is the greater part: each byte moves once or less.
  if (at_ > 0 && at_ >= buffer_.size() - at_) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(at_));
    scanned_ -= std::min(scanned_, at_);
    at_ = 0;
  }
  append(buffer_, bytes);
}

std::optional<std::string_view> Parser::take_line() {
  const std::size_t from = std::max(scanned_, at_);
  const auto begin = buffer_.begin();
  const auto found = std::find(begin + static_cast<std::ptrdiff_t>(from), buffer_.end(), '\n');
  const auto end = static_cast<std::size_t>(found - begin);
  if (end - at_ > limits_.line_bytes) refuse("a line is too long");
  if (found == buffer_.end()) {
    scanned_ = buffer_.size();
    return std::nullopt;
  }
  if (end == at_ || buffer_[end - 1] != '\r') refuse("a line does not end in CR LF");
  const std::string_view line = as_text(ByteView(buffer_).subspan(at_, end - 1 - at_));
  at_ = end + 1;
  return line;
}

void Parser::count_element() {
  if (++elements_ > limits_.elements) refuse("a reply has too many elements");
}

bool Parser::begin_bulk(char mark, std::string_view rest, Value& done) {
  const std::int64_t length = number_of(rest);
  if (length == -1 && mark == '$') return done = Value{}, true;
  if (length < 0 || static_cast<std::uint64_t>(length) > limits_.bulk_bytes) {
    refuse("a length is out of bounds");
  }
  bulk_left_ = Bulk{static_cast<std::size_t>(length), mark};
  return finish_bulk(done);
}

bool Parser::finish_bulk(Value& done) {
  const auto [bytes, mark] = *bulk_left_;
  if (buffer_.size() - at_ < bytes + 2) return false;
  if (buffer_[at_ + bytes] != '\r' || buffer_[at_ + bytes + 1] != '\n') {
    refuse("bytes do not end in CR LF");
  }
  std::string_view text = as_text(ByteView(buffer_).subspan(at_, bytes));
  if (mark == '=') {
    if (text.size() < 4 || text[3] != ':') refuse("verbatim text without its mark");
    text.remove_prefix(4);
  }
  done = scalar(mark == '!' ? Kind::error : Kind::bulk, text);
  at_ += bytes + 2;
  bulk_left_.reset();
  return true;
}

bool Parser::begin_list(char mark, std::string_view rest, Value& done) {
  const std::int64_t length = number_of(rest);
  if (length == -1 && mark == '*') return done = Value{}, true;
  const std::uint64_t each = list_kind(mark) == Kind::map ? 2 : 1;
  if (length < 0 || static_cast<std::uint64_t>(length) > limits_.elements / each) {
    refuse("a count is out of bounds");
  }
  Open open;
  open.value.kind = list_kind(mark);
  open.missing = static_cast<std::size_t>(length) * each;
  open.attribute = mark == '|';
  if (open.missing == 0 && !open.attribute) return done = std::move(open.value), true;
  if (open.missing == 0) return false;
  if (open_.size() >= limits_.depth) refuse("nested too deep");
  open_.push_back(std::move(open));
  return false;
}

bool Parser::begin(char mark, std::string_view rest, Value& done) {
  switch (mark) {
    case '+':
      return done = scalar(Kind::simple, rest), true;
    case '-':
      return done = scalar(Kind::error, rest), true;
    case ':':
      return done = whole(number_of(rest)), true;
    case '#':
      if (rest != "t" && rest != "f") refuse("a boolean was expected");
      return done = whole(rest == "t" ? 1 : 0), true;
    case ',':
    case '(':
      return done = scalar(Kind::bulk, rest), true;
    case '_':
      if (!rest.empty()) refuse("nil with a value");
      return done = Value{}, true;
    case '$':
    case '!':
    case '=':
      return begin_bulk(mark, rest, done);
    case '*':
    case '~':
    case '%':
    case '>':
    case '|':
      return begin_list(mark, rest, done);
    default:
      refuse("an unknown kind of reply");
  }
}

bool Parser::step(Value& done, bool& progressed) {
  progressed = true;
  if (bulk_left_) {
    const bool whole_bulk = finish_bulk(done);
    progressed = whole_bulk;
    return whole_bulk;
  }
  const auto line = take_line();
  if (!line) return progressed = false;
  if (line->empty()) refuse("an empty line");
  count_element();
  return begin(line->front(), line->substr(1), done);
}

bool Parser::attach(Value& done) {
  while (!open_.empty()) {
    Open& top = open_.back();
    top.value.items.push_back(std::move(done));
    if (--top.missing > 0) return false;
    const bool attribute = top.attribute;
    done = std::move(top.value);
    open_.pop_back();
    if (attribute) return false;  // dropped; the value that it describes comes next
  }
  elements_ = 0;
  return true;
}

std::optional<Value> Parser::next() {
  while (true) {
    Value done;
    bool progressed = false;
    if (step(done, progressed)) {
      if (attach(done)) return done;
    } else if (!progressed) {
      return std::nullopt;
    }
  }
}

}  // namespace lifeboat::resp
