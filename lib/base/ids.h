#ifndef LIFEBOAT_BASE_IDS_H_
#define LIFEBOAT_BASE_IDS_H_

#include <compare>
#include <cstring>
#include <functional>
#include <string>

#include "base/bytes.h"

namespace lifeboat {

/// A fixed-size identifier; ids of different tags don't mix.
template <typename Tag, std::size_t N>
struct Id {
  static constexpr std::size_t kSize = N;
  ByteArray<N> bytes{};

  [[nodiscard]] ByteView view() const noexcept { return bytes; }
  [[nodiscard]] std::string hex() const { return to_hex(bytes); }
  /// Whether it is 0[N].
  [[nodiscard]] bool is_zero() const noexcept { return bytes == ByteArray<N>{}; }
  friend auto operator<=>(const Id&, const Id&) = default;
};

/// For ids whose bytes are the output of a hash: its first eight are as good as any.
struct IdHash {
  template <typename Tag, std::size_t N>
  std::size_t operator()(const Id<Tag, N>& id) const noexcept {
    std::size_t value = 0;
    std::memcpy(&value, id.bytes.data(), sizeof value);
    return value;
  }
};

}  // namespace lifeboat

#endif  // LIFEBOAT_BASE_IDS_H_
