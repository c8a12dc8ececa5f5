#include "seal/hmac.h"

#include <gtest/gtest.h>

namespace lifeboat::seal {
namespace {

std::string code_of(ByteView key, std::string_view message) {
  return to_hex(hmac_sha256(key, as_bytes(message)));
}

// RFC 4231, test cases 1, 2 and 6: keys shorter and longer than a block of the hash.
TEST(HmacSha256, GivesTheCodesOfTheRfc) {
  EXPECT_EQ(code_of(Bytes(20, 0x0b), "Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(code_of(as_bytes("Jefe"), "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(code_of(Bytes(131, 0xaa), "Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

}  // namespace
}  // namespace lifeboat::seal
