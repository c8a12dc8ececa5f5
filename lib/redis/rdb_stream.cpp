#include "redis/rdb_stream.h"

#include <algorithm>

#include "base/error.h"
#include "redis/crc64.h"
#include "redis/rdb_reader.h"

namespace lifeboat::redis {
namespace {

constexpr std::size_t kStepBytes = 256 * 1024;
/// A window that grew beyond this for one value is given back.
constexpr std::size_t kMostSpareBytes = 16U << 20U;

[[noreturn]] void refuse(const char* why) {
  throw Error(ErrorKind::corrupt, std::string("the server's RDB: ") + why);
}

}  // namespace

void RdbStream::sum_up() {
  if (at_ <= summed_) return;  // taken a second time
  crc_ = crc64(crc_, ByteView(window_).subspan(summed_, at_ - summed_));
  summed_ = at_;
}

void RdbStream::drop_used() {
  const std::size_t used = std::min(kept_.value_or(at_), summed_);
  if (used == 0) return;
  const auto begin = window_.begin() + static_cast<std::ptrdiff_t>(used);
  const auto end = window_.begin() + static_cast<std::ptrdiff_t>(end_);
  if (window_.capacity() > kMostSpareBytes && end_ - used < kStepBytes) {
    window_ = Bytes(begin, end);
  } else {
    std::move(begin, end, window_.begin());
  }
  end_ -= used;
  at_ -= used;
  summed_ -= used;
  if (kept_) *kept_ -= used;
}

bool RdbStream::fill(std::size_t count) {
  if (here() >= count) return true;
  sum_up();
  drop_used();
  while (here() < count) {
    if (window_.size() - end_ < kStepBytes) window_.resize(end_ + 2 * kStepBytes);
    const std::size_t came = source_.read(MutableByteView(window_).subspan(end_, kStepBytes));
    if (came == 0) return false;
    end_ += came;
  }
  return true;
}

void RdbStream::need(std::size_t count) {
  if (!fill(count)) refuse("it breaks off");
}

ByteView RdbStream::take(std::size_t count) {
  need(count);
  at_ += count;
  return ByteView(window_).subspan(at_ - count, count);
}

std::uint8_t RdbStream::byte() { return take(1)[0]; }

void RdbStream::pass(std::uint64_t count) {
  while (count > 0) {
    need(1);
    const auto now = static_cast<std::size_t>(std::min<std::uint64_t>(count, here()));
    at_ += now;
    count -= now;
  }
}

std::uint64_t RdbStream::little_endian(std::size_t bytes) {
  return RdbReader(take(bytes)).little_endian(bytes);
}

std::uint64_t RdbStream::length() {
  need(1);
  const std::uint8_t first = window_[at_];
  const std::size_t bytes = first < 0x40 ? 1 : first < 0x80 ? 2 : first == 0x80 ? 5 : 9;
  if (first > 0x81) refuse("a length was expected");
  return RdbReader(take(bytes)).length();
}

RdbStream::Text RdbStream::text_head() {
  need(1);
  const std::uint8_t first = window_[at_];
  if (first < 0xc0) {
    const std::uint64_t bytes = length();
    return {Text::Form::raw, bytes, bytes};
  }
  static_cast<void>(byte());
  if (first <= 0xc2) return {Text::Form::integer, std::uint64_t{1} << (first - 0xc0U), 11};
  if (first != 0xc3) refuse("bytes of an unknown encoding");
  const std::uint64_t packed = length();
  const std::uint64_t plain = length();
  // LZF makes at most 264 bytes out of 3.
  if (plain / 100 > packed) refuse("compressed bytes that cannot be");
  return {Text::Form::lzf, packed, plain};
}

std::string RdbStream::text(std::uint64_t most) {
  const Text head = text_head();
  if (head.plain > most || head.stored > most) refuse("an element that is too long");
  if (head.form == Text::Form::integer) {
    return integer_text(take(static_cast<std::size_t>(head.stored)));
  }
  if (head.form == Text::Form::lzf) {
    return unpack_lzf(take(static_cast<std::size_t>(head.stored)),
                      static_cast<std::size_t>(head.plain));
  }
  std::string text;
  for (std::uint64_t left = head.stored; left > 0;) {
    need(1);
    const auto now = static_cast<std::size_t>(std::min<std::uint64_t>(left, here()));
    text += as_text(take(now));
    left -= now;
  }
  return text;
}

void RdbStream::keep() { kept_ = at_; }

ByteView RdbStream::kept() const {
  return ByteView(window_).subspan(kept_.value_or(at_), at_ - kept_.value_or(at_));
}

void RdbStream::rewind() {
  sum_up();
  at_ = kept_.value_or(at_);
  kept_.reset();
}

void RdbStream::release() { kept_.reset(); }

std::uint64_t RdbStream::crc() {
  sum_up();
  return crc_;
}

}  // namespace lifeboat::redis
