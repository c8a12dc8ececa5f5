#include "redis/lzf_stream.h"

#include <algorithm>

#include "base/error.h"

namespace lifeboat::redis {
namespace {

/// How far back a copy may point: 13 bits.
constexpr std::size_t kFarthest = 8192;
/// What one step makes at the most.
constexpr std::size_t kLongest = 264;

[[noreturn]] void refuse(const char* why) {
  throw Error(ErrorKind::corrupt, std::string("a value of Redis: ") + why);
}

/// The packed bytes, counted.
class Packed {
 public:
  Packed(RdbStream& in, std::uint64_t left) : in_(in), left_(left) {}
  [[nodiscard]] bool at_end() const noexcept { return left_ == 0; }
  [[nodiscard]] ByteView take(std::size_t count) {
    if (count > left_) refuse("compressed bytes that break off");
    left_ -= count;
    return in_.take(count);
  }
  [[nodiscard]] std::size_t byte() { return take(1)[0]; }

 private:
  RdbStream& in_;
  std::uint64_t left_;
};

void unpack_step(Packed& in, Bytes& out) {
  const std::size_t control = in.byte();
  if (control < 32) {
    append(out, in.take(control + 1));
    return;
  }
  std::size_t length = control >> 5U;
  if (length == 7) length += in.byte();
  const std::size_t back = ((control & 0x1fU) << 8U | in.byte()) + 1U;
  if (back > out.size()) refuse("compressed bytes that point too far back");
  // What is copied may overlap what it makes.
  for (std::size_t i = 0; i < length + 2; ++i) out.push_back(out[out.size() - back]);
}

}  // namespace

void unpack_lzf(RdbStream& stream, const RdbStream::Text& head, std::size_t block_bytes,
                const std::function<void(ByteView block)>& take) {
  Packed in(stream, head.stored);
  Bytes out;
  out.reserve(block_bytes + kFarthest + kLongest);
  std::uint64_t given = 0;
  while (!in.at_end()) {
    unpack_step(in, out);
    if (given + out.size() > head.plain) refuse("compressed bytes that give too much");
    // What a copy can point to stays, and is given later.
    if (out.size() < block_bytes + kFarthest) continue;
    take(ByteView(out).first(block_bytes));
    out.erase(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(block_bytes));
    given += block_bytes;
  }
  if (given + out.size() != head.plain) refuse("compressed bytes that give too little");
  for (ByteView rest(out); !rest.empty(); rest = rest.subspan(std::min(rest.size(), block_bytes))) {
    take(rest.first(std::min(rest.size(), block_bytes)));
  }
}

}  // namespace lifeboat::redis
