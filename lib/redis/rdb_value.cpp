#include "redis/rdb_value.h"

#include <algorithm>

#include "base/error.h"

namespace lifeboat::redis {
namespace {

[[noreturn]] void refuse(const char* why) {
  throw Error(ErrorKind::corrupt, std::string("the server's RDB: ") + why);
}

/// Takes the parts of a value until they weigh too much; every step is false from then on.
class Meter {
 public:
  Meter(RdbStream& in, std::uint64_t most) : in_(in), left_(most) {}

  [[nodiscard]] bool text() {
    const RdbStream::Text head = in_.text_head();
    const std::uint64_t weight = std::max(head.plain, head.stored);
    if (weight == kAnyWeight || !weigh(weight + 1)) return false;
    in_.pass(head.stored);
    return true;
  }
  [[nodiscard]] bool texts(std::uint64_t count) {
    while (count-- > 0) {
      if (!text()) return false;
    }
    return true;
  }
  [[nodiscard]] bool raw(std::uint64_t bytes) {
    if (!weigh(bytes)) return false;
    in_.pass(bytes);
    return true;
  }
  [[nodiscard]] bool lengths(int count) {
    for (; count > 0; --count) static_cast<void>(in_.length());
    return weigh(1);
  }
  [[nodiscard]] std::uint64_t length() { return in_.length(); }
  [[nodiscard]] std::uint8_t byte() { return in_.byte(); }

  template <typename Step>
  [[nodiscard]] bool each(Step&& step) {
    for (std::uint64_t left = in_.length(); left > 0; --left) {
      if (!step()) return false;
    }
    return true;
  }

 private:
  [[nodiscard]] bool weigh(std::uint64_t weight) {
    if (weight > left_) return false;
    if (left_ != kAnyWeight) left_ -= weight;
    return true;
  }
  RdbStream& in_;
  std::uint64_t left_;
};

bool pass_old_score(Meter& in) {
  const std::uint8_t bytes = in.byte();
  return bytes >= 253 || in.raw(bytes);
}

bool pass_group(Meter& in, unsigned type) {
  const int marks = type >= 19 ? 3 : 2;  // last delivered id; from 19 on, entries read
  if (!in.text() || !in.lengths(marks)) return false;
  const bool pending = in.each([&] { return in.raw(16 + 8) && in.lengths(1); });
  return pending && in.each([&] {
    const std::uint64_t times = type >= 21 ? 16 : 8;
    return in.text() && in.raw(times) && in.each([&] { return in.raw(16); });
  });
}

bool pass_stream(Meter& in, unsigned type) {
  if (!in.each([&] { return in.texts(2); })) return false;
  if (!in.lengths(type >= 19 ? 8 : 3)) return false;
  return in.each([&] { return pass_group(in, type); });
}

bool pass_module(Meter& in) {
  constexpr std::uint64_t kEnd = 0;
  while (true) {
    switch (in.length()) {
      case kEnd:
        return true;
      case 1:
      case 2:
        if (!in.lengths(1)) return false;
        break;
      case 3:
        if (!in.raw(4)) return false;
        break;
      case 4:
        if (!in.raw(8)) return false;
        break;
      case 5:
        if (!in.text()) return false;
        break;
      default:
        refuse("data of a module with an unknown mark");
    }
  }
}

/// Fields with an expiry each.
bool pass_hash_with_expiries(Meter& in, RdbDialect dialect) {
  if (dialect == RdbDialect::valkey) return in.each([&] { return in.texts(2) && in.raw(8); });
  return in.raw(8) && in.each([&] { return in.lengths(1) && in.texts(2); });
}

}  // namespace

bool is_known_type(RdbDialect dialect, unsigned type) {
  if (type <= 21) return type != 6 && type != 8 && type != 9;
  return dialect == RdbDialect::valkey ? type == 22 : type == 24 || type == 25;
}

bool goes_in_pieces(unsigned type) { return type <= 5 || type == 14 || type == 18; }

bool pass_value(RdbStream& stream, RdbDialect dialect, unsigned type, std::uint64_t most) {
  Meter in(stream, most);
  switch (type) {
    case 1:
    case 2:
    case 14:
      return in.each([&] { return in.text(); });
    case 3:
      return in.each([&] { return in.text() && pass_old_score(in); });
    case 4:
      return in.each([&] { return in.texts(2); });
    case 5:
      return in.each([&] { return in.text() && in.raw(8); });
    case 7:
      return in.lengths(1) && pass_module(in);
    case 15:
    case 19:
    case 21:
      return pass_stream(in, type);
    case 18:
      return in.each([&] { return in.lengths(1) && in.text(); });
    case 22:
    case 24:
      return pass_hash_with_expiries(in, dialect);
    case 25:
      return in.raw(8) && in.text();
    default:  // a string, or a whole value packed into one
      return in.text();
  }
}

bool pass_module_data(RdbStream& stream, std::uint64_t most) {
  Meter in(stream, most);
  return pass_module(in);
}

}  // namespace lifeboat::redis
