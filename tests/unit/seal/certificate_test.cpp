#include "seal/certificate.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace lifeboat::seal {
namespace {

// Of openssl req -x509; the pin is what openssl x509 -pubkey | openssl pkey -outform der | openssl
// dgst -sha256 give for it.
constexpr const char* kCertificate = R"(-----BEGIN CERTIFICATE-----
MIIBeTCCAR+gAwIBAgIUMAbNNTX1Iy9xq5wFEbs7bf1BemcwCgYIKoZIzj0EAwIw
ETEPMA0GA1UEAwwGdmVjdG9yMCAXDTI2MTEyOTEyMTMxMVoYDzIxMjYxMTA1MTIx
MzExWjARMQ8wDQYDVQQDDAZ2ZWN0b3IwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AATAs3LU8aVMKSGIsCLD9u2yxDDUN5QU5chL/VIwvWN+ofcc00TNNL9RRX0A0foC
Ma8adcbez9d6DUGdmo43OJKzo1MwUTAdBgNVHQ4EFgQUMkr0TL+7sg38nWj8mHbi
R3uIDaIwHwYDVR0jBBgwFoAUMkr0TL+7sg38nWj8mHbiR3uIDaIwDwYDVR0TAQH/
BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAtgTNY4X44Y7tQwWgSZz2EMkqzoLK
DjRMpCEjQ6u1Vm0CIGALakDMHHeVwJcszG1+Bqlve+fxq6BfUoKZo1lh2l4E
-----END CERTIFICATE-----
)";

TEST(Certificate, HasThePinThatOpensslAndCurlGiveItsKey) {
  EXPECT_EQ(key_pin_of(kCertificate), "sha256//zO+oMd/XR8FZbyvax2fpmqarPz7hhRnXgzyEZrerwqs=");
}

TEST(Certificate, IsRefusedIfItIsNone) {
  for (const char* const text :
       {"", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}) {
    try {
      static_cast<void>(key_pin_of(text));
      ADD_FAILURE() << "taken: " << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::corrupt);
    }
  }
}

}  // namespace
}  // namespace lifeboat::seal
