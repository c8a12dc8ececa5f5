#include "base/percent_encoding.h"

#include <gtest/gtest.h>

namespace lifeboat {
namespace {

TEST(PercentEncoding, BringsAnyBytesThere) {
  std::string bytes;
  for (int c = 0; c < 256; ++c) bytes += static_cast<char>(c);
  const std::string encoded = percent_encoded(bytes);
  EXPECT_EQ(encoded.find_first_of("/?#[]@:!$&'()*+,;= "), std::string::npos);
  EXPECT_EQ(percent_decoded(encoded), bytes);
}

TEST(PercentEncoding, LeavesPlainNamesAsTheyAre) {
  EXPECT_EQ(percent_encoded("run-7_socket.sock"), "run-7_socket.sock");
  EXPECT_EQ(percent_encoded("/tmp/s p"), "%2ftmp%2fs%20p");
}

TEST(PercentEncoding, RefusesWhatIsNone) {
  for (const char* text : {"%", "a%4", "%zz", "%-1", "100%"}) EXPECT_FALSE(percent_decoded(text));
}

}  // namespace
}  // namespace lifeboat
