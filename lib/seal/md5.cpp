#include "seal/md5.h"

#include <openssl/evp.h>

#include <array>

#include "base/error.h"

namespace lifeboat::seal {

std::string md5_base64(ByteView bytes) {
  std::array<unsigned char, 16> hash{};
  if (EVP_Q_digest(nullptr, "MD5", nullptr, bytes.data(), bytes.size(), hash.data(), nullptr) !=
      1) {
    throw Error(ErrorKind::internal, "MD5 failed in libcrypto");
  }
  std::array<unsigned char, 25> base64{};  // 24 and a zero byte
  EVP_EncodeBlock(base64.data(), hash.data(), static_cast<int>(hash.size()));
  return reinterpret_cast<const char*>(base64.data());
}

}  // namespace lifeboat::seal
