#include "redis/rdb_reader.h"

#include <bit>
#include <charconv>
#include <limits>

#include "base/error.h"

namespace lifeboat::redis {
namespace {

constexpr std::uint64_t kMostText = 512U << 20U;

[[noreturn]] void refuse(const char* why) {
  throw Error(ErrorKind::corrupt, std::string("a value of Redis: ") + why);
}

std::string signed_text(std::uint64_t bits, std::size_t bytes) {
  const unsigned unused = 64 - 8 * static_cast<unsigned>(bytes);
  return std::to_string(static_cast<std::int64_t>(bits << unused) >> unused);
}

}  // namespace

ByteView RdbReader::raw(std::size_t count) {
  if (count > rest_.size()) refuse("it breaks off");
  const ByteView front = rest_.first(count);
  rest_ = rest_.subspan(count);
  return front;
}

std::uint8_t RdbReader::byte() { return raw(1)[0]; }

std::uint64_t RdbReader::little_endian(std::size_t bytes) {
  const ByteView view = raw(bytes);
  std::uint64_t value = 0;
  for (std::size_t i = bytes; i > 0; --i) value = value << 8U | view[i - 1];
  return value;
}

std::uint64_t RdbReader::length() {
  const std::uint8_t first = byte();
  const auto big_endian = [&](std::size_t bytes) {
    std::uint64_t value = 0;
    for (const std::uint8_t one : raw(bytes)) value = value << 8U | one;
    return value;
  };
  if (first < 0x40) return first;
  if (first < 0x80) return (first & 0x3fU) << 8U | byte();
  if (first == 0x80) return big_endian(4);
  if (first == 0x81) return big_endian(8);
  refuse("a length was expected");
}

std::string RdbReader::text() {
  const std::uint8_t first = rest_.empty() ? 0 : rest_[0];
  if (first < 0xc0) {
    const std::uint64_t bytes = length();
    if (bytes > rest_.size()) refuse("it breaks off");
    return std::string(as_text(raw(static_cast<std::size_t>(bytes))));
  }
  static_cast<void>(byte());
  switch (first) {
    case 0xc0:
      return signed_text(little_endian(1), 1);
    case 0xc1:
      return signed_text(little_endian(2), 2);
    case 0xc2:
      return signed_text(little_endian(4), 4);
    case 0xc3: {
      const std::uint64_t packed = length();
      const std::uint64_t plain = length();
      // LZF makes at most 264 bytes out of 3.
      if (packed > rest_.size() || plain > kMostText || plain / 100 > packed) {
        refuse("compressed bytes that cannot be");
      }
      return unpack_lzf(raw(static_cast<std::size_t>(packed)), static_cast<std::size_t>(plain));
    }
    default:
      refuse("bytes of an unknown encoding");
  }
}

double RdbReader::old_double() {
  const std::uint8_t bytes = byte();
  if (bytes == 253) return std::numeric_limits<double>::quiet_NaN();
  if (bytes == 254) return std::numeric_limits<double>::infinity();
  if (bytes == 255) return -std::numeric_limits<double>::infinity();
  const std::string_view digits = as_text(raw(bytes));
  double value = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (failure != std::errc() || end != digits.data() + digits.size())
    refuse("a score is no number");
  return value;
}

double RdbReader::binary_double() { return std::bit_cast<double>(little_endian(8)); }

std::uint64_t RdbReader::count_of(std::uint64_t count, std::size_t least_bytes) const {
  if (count > rest_.size() / least_bytes) refuse("more elements than there can be");
  return count;
}

std::vector<std::string> read_listpack(ByteView bytes) {
  RdbReader in(bytes);
  if (in.little_endian(4) != bytes.size()) refuse("a listpack of another length");
  static_cast<void>(in.little_endian(2));  // a count that may be "unknown"
  std::vector<std::string> elements;
  while (true) {
    const std::uint8_t first = in.byte();
    if (first == 0xff) break;
    std::size_t used = 0;  // bytes of the element, without the length behind it
    const auto text_of = [&](std::size_t head, std::uint64_t length) {
      used = head + static_cast<std::size_t>(length);
      elements.emplace_back(as_text(in.raw(static_cast<std::size_t>(length))));
    };
    const auto integer_of = [&](std::size_t length) {
      used = 1 + length;
      elements.push_back(signed_text(in.little_endian(length), length));
    };
    if (first < 0x80) {
      used = 1;
      elements.push_back(std::to_string(first));
    } else if (first < 0xc0) {
      text_of(1, first & 0x3fU);
    } else if (first < 0xe0) {
      const std::uint64_t bits = (first & 0x1fU) << 8U | in.byte();
      used = 2;
      elements.push_back(std::to_string(static_cast<std::int64_t>(bits << 51U) >> 51U));
    } else if (first < 0xf0) {
      const std::uint64_t length = (first & 0x0fU) << 8U | in.byte();
      text_of(2, length);
    } else if (first == 0xf0) {
      const std::uint64_t length = in.little_endian(4);
      text_of(5, length);
    } else if (first <= 0xf4) {
      integer_of(first == 0xf4 ? 8 : first - 0xefU);
    } else {
      refuse("a listpack of an unknown encoding");
    }
    std::size_t behind = 1;
    for (std::size_t left = used >> 7U; left > 0; left >>= 7U) ++behind;
    static_cast<void>(in.raw(behind));
  }
  if (!in.at_end()) refuse("a listpack with more behind it");
  return elements;
}

std::vector<std::string> read_ziplist(ByteView bytes) {
  RdbReader in(bytes);
  if (in.little_endian(4) != bytes.size()) refuse("a ziplist of another length");
  static_cast<void>(in.little_endian(4));
  static_cast<void>(in.little_endian(2));
  std::vector<std::string> elements;
  while (true) {
    const std::uint8_t before = in.byte();
    if (before == 0xff) break;
    if (before == 0xfe) static_cast<void>(in.raw(4));
    const std::uint8_t first = in.byte();
    const auto text_of = [&](std::uint64_t length) {
      elements.emplace_back(as_text(in.raw(static_cast<std::size_t>(length))));
    };
    const auto integer_of = [&](std::size_t length) {
      elements.push_back(signed_text(in.little_endian(length), length));
    };
    if (first < 0x40) {
      text_of(first);
    } else if (first < 0x80) {
      const std::uint64_t low = in.byte();
      text_of((first & 0x3fU) << 8U | low);
    } else if (first == 0x80) {
      std::uint64_t length = 0;
      for (const std::uint8_t one : in.raw(4)) length = length << 8U | one;
      text_of(length);
    } else if (first == 0xc0 || first == 0xd0 || first == 0xe0) {
      integer_of(first == 0xc0 ? 2 : first == 0xd0 ? 4 : 8);
    } else if (first == 0xf0 || first == 0xfe) {
      integer_of(first == 0xf0 ? 3 : 1);
    } else if (first >= 0xf1 && first <= 0xfd) {
      elements.push_back(std::to_string((first & 0x0fU) - 1));
    } else {
      refuse("a ziplist of an unknown encoding");
    }
  }
  if (!in.at_end()) refuse("a ziplist with more behind it");
  return elements;
}

std::vector<std::string> read_intset(ByteView bytes) {
  RdbReader in(bytes);
  const std::uint64_t width = in.little_endian(4);
  if (width != 2 && width != 4 && width != 8) refuse("an intset of an unknown width");
  const std::uint64_t count = in.count_of(in.little_endian(4), static_cast<std::size_t>(width));
  std::vector<std::string> elements;
  for (std::uint64_t i = 0; i < count; ++i) {
    elements.push_back(signed_text(in.little_endian(static_cast<std::size_t>(width)),
                                   static_cast<std::size_t>(width)));
  }
  if (!in.at_end()) refuse("an intset with more behind it");
  return elements;
}

std::string integer_text(ByteView little_endian) {
  return signed_text(RdbReader(little_endian).little_endian(little_endian.size()),
                     little_endian.size());
}

std::string unpack_lzf(ByteView packed, std::size_t plain_bytes) {
  RdbReader in(packed);
  std::string out;
  out.reserve(plain_bytes);
  while (!in.at_end()) {
    const std::uint8_t control = in.byte();
    if (control < 32) {
      out += as_text(in.raw(control + 1U));
    } else {
      std::size_t length = control >> 5U;
      if (length == 7) length += in.byte();
      const std::size_t back = ((control & 0x1fU) << 8U | in.byte()) + 1U;
      if (back > out.size()) refuse("compressed bytes that point too far back");
      // What is copied may overlap what it makes.
      for (std::size_t i = 0; i < length + 2; ++i) out += out[out.size() - back];
    }
    if (out.size() > plain_bytes) refuse("compressed bytes that give too much");
  }
  if (out.size() != plain_bytes) refuse("compressed bytes that give too little");
  return out;
}

}  // namespace lifeboat::redis
