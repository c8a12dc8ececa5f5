#include "base/wire.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace lifeboat {
namespace {

TEST(Wire, PutsIntegersLittleEndFirst) {
  WireWriter writer;
  writer.put<std::uint8_t>(0x01).put<std::uint16_t>(0x0302).put<std::uint32_t>(0x07060504);
  writer.put<std::uint64_t>(0x0f0e0d0c0b0a0908).put_bytes(as_bytes("!"));
  EXPECT_EQ(to_hex(writer.bytes()), "0102030405060708090a0b0c0d0e0f21");
}

TEST(Wire, ReadsBackWhatWasWritten) {
  WireWriter writer;
  writer.put<std::uint8_t>(0xff).put<std::uint16_t>(0xfffe).put<std::uint64_t>(UINT64_MAX - 1);
  writer.put_bytes(Bytes{1, 2, 3});
  const Bytes bytes = writer.take();
  WireReader reader(bytes, "a header");
  EXPECT_EQ(reader.get<std::uint8_t>(), 0xff);
  EXPECT_EQ(reader.get<std::uint16_t>(), 0xfffe);
  EXPECT_EQ(reader.get<std::uint64_t>(), UINT64_MAX - 1);
  EXPECT_FALSE(reader.at_end());
  EXPECT_EQ(reader.get_array<3>(), (ByteArray<3>{1, 2, 3}));
  EXPECT_TRUE(reader.at_end());
  reader.expect_end();
}

TEST(Wire, CallsAShortOrLongBufferCorruptByItsName) {
  const Bytes bytes = {1, 2, 3};
  WireReader reader(bytes, "a header");
  try {
    static_cast<void>(reader.get<std::uint32_t>());
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::corrupt);
    EXPECT_EQ(error.message(), "a header is truncated: 4 bytes wanted, 3 left");
  }
  EXPECT_EQ(reader.get<std::uint16_t>(), 0x0201) << "a failed read must take nothing";
  EXPECT_THROW(reader.expect_end(), Error);
  EXPECT_THROW(static_cast<void>(reader.get_bytes(SIZE_MAX)), Error);
}

}  // namespace
}  // namespace lifeboat
