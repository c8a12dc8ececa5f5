#ifndef LIFEBOAT_SEAL_SECRET_KEY_H_
#define LIFEBOAT_SEAL_SECRET_KEY_H_

#include "base/bytes.h"

namespace lifeboat::seal {

/// Overwrites memory in a way the compiler keeps.
void wipe(MutableByteView bytes) noexcept;

/// N secret bytes, wiped when they go. Copies are allowed (keys are handed to workers) and wiped
/// too. No formatter, no JSON, no comparison: whoever needs the bytes asks by name.
template <std::size_t N>
class SecretArray {
 public:
  SecretArray() = default;
  explicit SecretArray(const ByteArray<N>& bytes) : bytes_(bytes) {}
  /// Throws nothing; `bytes` must hold exactly N.
  explicit SecretArray(std::span<const std::uint8_t, N> bytes) {
    std::copy(bytes.begin(), bytes.end(), bytes_.begin());
  }
  SecretArray(const SecretArray&) = default;
  SecretArray& operator=(const SecretArray&) = default;
  ~SecretArray() { wipe(bytes_); }

  [[nodiscard]] const ByteArray<N>& reveal() const noexcept { return bytes_; }
  [[nodiscard]] MutableByteView writable() noexcept { return bytes_; }

 private:
  ByteArray<N> bytes_{};
};

/// A symmetric key or a seed.
using SecretKey = SecretArray<32>;

}  // namespace lifeboat::seal

#endif  // LIFEBOAT_SEAL_SECRET_KEY_H_
