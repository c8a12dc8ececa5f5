#include "base/tls_trust.h"

#include <gtest/gtest.h>

namespace lifeboat {
namespace {

TEST(TlsTrust, KnowsAPinFromTheNameOfAFile) {
  EXPECT_TRUE(is_key_pin("sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="));
  EXPECT_FALSE(is_key_pin("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="));
  EXPECT_FALSE(is_key_pin("sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"));
  EXPECT_FALSE(is_key_pin("sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuF;="));
  EXPECT_FALSE(is_key_pin("sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;"));
  EXPECT_FALSE(is_key_pin("sha256//"));
  EXPECT_FALSE(is_key_pin("/etc/ssl/key.pem"));
  EXPECT_FALSE(is_key_pin(""));
}

}  // namespace
}  // namespace lifeboat
