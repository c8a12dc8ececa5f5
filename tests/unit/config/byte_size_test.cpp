#include "config/byte_size.h"

#include <gtest/gtest.h>

namespace lifeboat::config {
namespace {

TEST(ByteSize, ReadsDecimalAndBinaryUnits) {
  EXPECT_EQ(parse_byte_size("20MB"), 20'000'000U);
  EXPECT_EQ(parse_byte_size("1.5GB"), 1'500'000'000U);
  EXPECT_EQ(parse_byte_size("500kB"), 500'000U);
  EXPECT_EQ(parse_byte_size("64MiB"), 64U * 1024 * 1024);
  EXPECT_EQ(parse_byte_size("4096"), 4096U);
  EXPECT_EQ(parse_byte_size("7B"), 7U);
}

TEST(ByteSize, RefusesWhatIsNotOne) {
  for (const char* text : {"", "MB", "0", "-5MB", "20 MB", "20mb", "20MBit", "1e9", "nan", "inf",
                           "0.5", "99999999TB"}) {
    EXPECT_EQ(parse_byte_size(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace lifeboat::config
