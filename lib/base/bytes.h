#ifndef LIFEBOAT_BASE_BYTES_H_
#define LIFEBOAT_BASE_BYTES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
using MutableByteView = std::span<std::uint8_t>;

/// A fixed-size value such as a hash, a key id or a nonce. Compares and orders bytewise.
template <std::size_t N>
using ByteArray = std::array<std::uint8_t, N>;

inline ByteView as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string_view as_text(ByteView bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline void append(Bytes& to, ByteView more) { to.insert(to.end(), more.begin(), more.end()); }

/// Lower-case hexadecimal.
[[nodiscard]] std::string to_hex(ByteView bytes);
/// Throws Error(usage) on anything but an even number of hexadecimal digits.
[[nodiscard]] Bytes from_hex(std::string_view text);

/// RFC 4648 base32, lower case, without padding.
[[nodiscard]] std::string to_base32(ByteView bytes);
/// Accepts upper case too. Throws Error(usage) on any other character.
[[nodiscard]] Bytes from_base32(std::string_view text);

}  // namespace lifeboat

#endif  // LIFEBOAT_BASE_BYTES_H_
