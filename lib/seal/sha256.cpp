#include "seal/sha256.h"

#include <openssl/evp.h>

#include "base/error.h"

namespace lifeboat::seal {

Sha256 sha256(ByteView bytes) {
  Sha256 out;
  unsigned length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), out.data(), &length, EVP_sha256(), nullptr) != 1 ||
      length != out.size()) {
    throw Error(ErrorKind::internal, "SHA-256 failed in libcrypto");
  }
  return out;
}

}  // namespace lifeboat::seal
