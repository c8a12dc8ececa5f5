#ifndef LIFEBOAT_BASE_WIRE_H_
#define LIFEBOAT_BASE_WIRE_H_

#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/bytes.h"

namespace lifeboat {

/// Appends little-endian integers and raw bytes to a growing buffer.
class WireWriter {
 public:
  template <typename Integer>
  requires std::is_unsigned_v<Integer> WireWriter& put(Integer value) {
    for (std::size_t i = 0; i < sizeof(Integer); ++i) {
      bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }
    return *this;
  }
  WireWriter& put_bytes(ByteView bytes) {
    append(bytes_, bytes);
    return *this;
  }
  [[nodiscard]] const Bytes& bytes() const noexcept { return bytes_; }
  [[nodiscard]] Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

/// Reads what WireWriter wrote. Every read is bounded; running out throws Error(corrupt) that
/// names `what`. Keeps a view: the bytes must outlive the reader.
class WireReader {
 public:
  WireReader(ByteView bytes, std::string_view what) : rest_(bytes), what_(what) {}

  template <typename Integer>
  requires std::is_unsigned_v<Integer>
  [[nodiscard]] Integer get() {
    const ByteView raw = get_bytes(sizeof(Integer));
    Integer value = 0;
    for (std::size_t i = sizeof(Integer); i > 0; --i) {
      value = static_cast<Integer>((sizeof(Integer) > 1 ? value << 8 : 0) | raw[i - 1]);
    }
    return value;
  }
  [[nodiscard]] ByteView get_bytes(std::size_t count);
  template <std::size_t N>
  [[nodiscard]] ByteArray<N> get_array() {
    ByteArray<N> array{};
    const ByteView raw = get_bytes(N);
    std::memcpy(array.data(), raw.data(), N);
    return array;
  }
  [[nodiscard]] ByteView rest() const noexcept { return rest_; }
  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
  /// Throws Error(corrupt) if bytes are left over.
  void expect_end() const;

 private:
  ByteView rest_;
  std::string what_;
};

}  // namespace lifeboat

#endif  // LIFEBOAT_BASE_WIRE_H_
