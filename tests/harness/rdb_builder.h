#ifndef LIFEBOAT_TESTS_HARNESS_RDB_BUILDER_H_
#define LIFEBOAT_TESTS_HARNESS_RDB_BUILDER_H_

#include <bit>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "redis/crc64.h"

namespace lifeboat::harness {

/// Writes an RDB by hand, also one that no server would write.
class RdbBuilder {
 public:
  explicit RdbBuilder(std::string_view head = "REDIS0010") { append(bytes_, as_bytes(head)); }

  RdbBuilder& byte(unsigned value) {
    bytes_.push_back(static_cast<std::uint8_t>(value));
    return *this;
  }
  RdbBuilder& raw(std::string_view bytes) {
    append(bytes_, as_bytes(bytes));
    return *this;
  }
  RdbBuilder& little_endian(std::uint64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) byte(value >> (8 * i) & 0xffU);
    return *this;
  }
  RdbBuilder& number(double value) { return little_endian(std::bit_cast<std::uint64_t>(value), 8); }
  RdbBuilder& length(std::uint64_t value) {
    if (value < 0x40) return byte(static_cast<unsigned>(value));
    if (value < 0x4000) return byte(0x40U | static_cast<unsigned>(value >> 8U)).byte(value & 0xffU);
    byte(0x81);
    for (unsigned i = 8; i > 0; --i) byte(value >> (8 * (i - 1)) & 0xffU);
    return *this;
  }
  RdbBuilder& text(std::string_view bytes) { return length(bytes.size()).raw(bytes); }
  /// Compressed bytes that mean `plain` bytes.
  RdbBuilder& lzf(std::string_view packed, std::uint64_t plain) {
    return byte(0xc3).length(packed.size()).length(plain).raw(packed);
  }
  RdbBuilder& setting(std::string_view name, std::string_view value) {
    return byte(250).text(name).text(value);
  }
  RdbBuilder& time(std::uint64_t seconds = 1'800'000'000) {
    return setting("ctime", std::to_string(seconds));
  }
  RdbBuilder& database(std::uint64_t number) { return byte(254).length(number); }
  /// The value follows.
  RdbBuilder& key(unsigned type, std::string_view name) { return byte(type).text(name); }

  [[nodiscard]] const Bytes& bytes() const { return bytes_; }
  /// End mark and checksum.
  [[nodiscard]] Bytes finish() {
    byte(255);
    little_endian(redis::crc64(0, bytes_), 8);
    return bytes_;
  }

 private:
  Bytes bytes_;
};

}  // namespace lifeboat::harness

#endif  // LIFEBOAT_TESTS_HARNESS_RDB_BUILDER_H_
