#include "redis/crc64.h"

#include <array>
#include <cstring>

#include "base/wire.h"

namespace lifeboat::redis {
namespace {

using Table = std::array<std::array<std::uint64_t, 256>, 8>;

constexpr Table make_table() {
  constexpr std::uint64_t kReflected = 0x95ac9329ac4bc9b5ULL;  // of 0xad93d23594c935a9
  Table table{};
  for (std::uint64_t i = 0; i < 256; ++i) {
    std::uint64_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1U) ^ ((value & 1U) ? kReflected : 0);
    table[0][i] = value;
  }
  for (std::size_t i = 0; i < 256; ++i) {
    for (std::size_t k = 1; k < 8; ++k) {
      table[k][i] = (table[k - 1][i] >> 8U) ^ table[0][table[k - 1][i] & 0xffU];
    }
  }
  return table;
}

constexpr Table kTable = make_table();

std::uint64_t little_endian(const std::uint8_t* at) {
  std::uint64_t word = 0;
  for (std::size_t i = 8; i > 0; --i) word = (word << 8U) | at[i - 1];
  return word;
}

}  // namespace

std::uint64_t crc64(std::uint64_t before, ByteView bytes) {
  std::uint64_t crc = before;
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    const std::uint64_t word = crc ^ little_endian(bytes.data() + at);
    crc = kTable[7][word & 0xffU] ^ kTable[6][(word >> 8U) & 0xffU] ^
          kTable[5][(word >> 16U) & 0xffU] ^ kTable[4][(word >> 24U) & 0xffU] ^
          kTable[3][(word >> 32U) & 0xffU] ^ kTable[2][(word >> 40U) & 0xffU] ^
          kTable[1][(word >> 48U) & 0xffU] ^ kTable[0][word >> 56U];
  }
  for (; at < bytes.size(); ++at) crc = (crc >> 8U) ^ kTable[0][(crc ^ bytes[at]) & 0xffU];
  return crc;
}

PayloadEnd end_of_payload(ByteView payload) {
  if (payload.size() < 11) return {};
  WireReader end(payload.last(10), "the end of a DUMP payload");
  PayloadEnd result;
  result.rdb_version = end.get<std::uint16_t>();
  const auto stored = end.get<std::uint64_t>();
  result.intact = stored == crc64(0, payload.first(payload.size() - 8));
  return result;
}

}  // namespace lifeboat::redis
