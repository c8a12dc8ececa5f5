#include "base/bytes.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace lifeboat {
namespace {

TEST(Hex, IsLowerCaseAndReadsEither) {
  const Bytes bytes = {0x00, 0x0f, 0xa5, 0xff};
  EXPECT_EQ(to_hex(bytes), "000fa5ff");
  EXPECT_EQ(from_hex("000fa5ff"), bytes);
  EXPECT_EQ(from_hex("000FA5FF"), bytes);
  EXPECT_EQ(to_hex({}), "");
}

TEST(Hex, RefusesWhatIsNone) {
  for (const char* text : {"0", "0g", "0x00", " 00", "00 "}) {
    try {
      static_cast<void>(from_hex(text));
      ADD_FAILURE() << "accepted '" << text << "'";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::usage);
    }
  }
}

// RFC 4648, section 10, in lower case and without padding.
TEST(Base32, MeetsTheVectorsOfItsSpecification) {
  const std::vector<std::pair<std::string, std::string>> vectors = {{"", ""},
                                                                    {"f", "my"},
                                                                    {"fo", "mzxq"},
                                                                    {"foo", "mzxw6"},
                                                                    {"foob", "mzxw6yq"},
                                                                    {"fooba", "mzxw6ytb"},
                                                                    {"foobar", "mzxw6ytboi"}};
  for (const auto& [plain, coded] : vectors) {
    EXPECT_EQ(to_base32(as_bytes(plain)), coded);
    EXPECT_EQ(as_text(from_base32(coded)), plain);
  }
  EXPECT_EQ(as_text(from_base32("MZXW6YTBOI")), "foobar");
}

TEST(Base32, BringsBackEveryLengthOfBytes) {
  Bytes bytes;
  for (unsigned length = 0; length < 70; ++length) {
    EXPECT_EQ(from_base32(to_base32(bytes)), bytes) << length;
    bytes.push_back(static_cast<std::uint8_t>(255 - 31 * length));
  }
}

TEST(Base32, RefusesForeignCharactersAndStrayBits) {
  for (const char* text : {"m1", "m=", "m y", "mz"}) {
    EXPECT_THROW(static_cast<void>(from_base32(text)), Error) << text;
  }
}

}  // namespace
}  // namespace lifeboat
