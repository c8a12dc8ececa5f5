#include "notify/uuid.h"

#include <algorithm>

#include "base/bytes.h"
#include "seal/sodium.h"

namespace lifeboat::notify {
namespace {

constexpr std::uint8_t kRandom = 4;
constexpr std::uint8_t kOfOurOwnMaking = 8;

std::string uuid_from(ByteArray<16> bytes, std::uint8_t version) {
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0FU) | (version << 4U));
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3FU) | 0x80U);
  std::string text = to_hex(bytes);
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) text.insert(dash, 1, '-');
  return text;
}

}  // namespace

std::string random_uuid() { return uuid_from(seal::random_array<16>(), kRandom); }

std::string uuid_of(std::string_view text) {
  const seal::Hash hash = seal::hash({as_bytes("lifeboat/v1/uuid"), as_bytes(text)});
  ByteArray<16> bytes{};
  std::copy_n(hash.begin(), bytes.size(), bytes.begin());
  return uuid_from(bytes, kOfOurOwnMaking);
}

}  // namespace lifeboat::notify
