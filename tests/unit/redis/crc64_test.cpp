#include "redis/crc64.h"

#include <gtest/gtest.h>

#include <string>

namespace lifeboat::redis {
namespace {

TEST(RedisCrc64, GivesTheKnownSum) {
  EXPECT_EQ(crc64(0, as_bytes("123456789")), 0xe9c6d914c4b8d9caULL);
  EXPECT_EQ(crc64(0, {}), 0U);
}

TEST(RedisCrc64, GivesTheSameInPieces) {
  const std::string text(100, 'q');
  const std::uint64_t whole = crc64(0, as_bytes(text));
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    EXPECT_EQ(crc64(crc64(0, as_bytes(text.substr(0, cut))), as_bytes(text.substr(cut))), whole);
  }
}

TEST(RedisCrc64, ChecksTheEndOfAPayload) {
  // DUMP of the string "10" by Redis 7.0: an integer of one byte.
  Bytes payload = {0x00, 0xc0, 0x0a, 0x0a, 0x00};
  const std::uint64_t sum = crc64(0, payload);
  for (unsigned i = 0; i < 8; ++i) payload.push_back(static_cast<std::uint8_t>(sum >> (8 * i)));
  EXPECT_EQ(end_of_payload(payload).rdb_version, 10);
  EXPECT_TRUE(end_of_payload(payload).intact);
  for (std::size_t i = 0; i < payload.size(); ++i) {
    Bytes changed = payload;
    changed[i] ^= 1;
    EXPECT_FALSE(end_of_payload(changed).intact) << i;
  }
  EXPECT_FALSE(end_of_payload(ByteView(payload).first(10)).intact);
}

}  // namespace
}  // namespace lifeboat::redis
