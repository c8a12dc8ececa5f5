#include "seal/sha256.h"

#include <openssl/evp.h>

#include <memory>

#include "base/deleter.h"
#include "base/error.h"

namespace lifeboat::seal {

Sha256 sha256(ByteView bytes) {
  // EVP_Digest() looks the algorithm up and makes a context at each call, which costs three times
  // the hash of a short key.
  static const std::unique_ptr<EVP_MD, Deleter<EVP_MD_free>> algorithm(
      EVP_MD_fetch(nullptr, "SHA256", nullptr));
  thread_local const std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>> context(
      EVP_MD_CTX_new());
  Sha256 out;
  unsigned length = 0;
  if (!algorithm || !context || EVP_DigestInit_ex2(context.get(), algorithm.get(), nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) != 1 ||
      EVP_DigestFinal_ex(context.get(), out.data(), &length) != 1 || length != out.size()) {
    throw Error(ErrorKind::internal, "SHA-256 failed in libcrypto");
  }
  return out;
}

}  // namespace lifeboat::seal
