#include "seal/certificate.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <memory>

#include "base/deleter.h"
#include "base/error.h"
#include "seal/sha256.h"

namespace lifeboat::seal {
namespace {

Bytes public_key_info(std::string_view pem) {
  const std::unique_ptr<BIO, Deleter<BIO_free_all>> text(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const std::unique_ptr<X509, Deleter<X509_free>> certificate(
      PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
  if (!certificate) throw Error(ErrorKind::corrupt, "the server's certificate cannot be read");
  X509_PUBKEY* const key = X509_get_X509_PUBKEY(certificate.get());
  const int size = i2d_X509_PUBKEY(key, nullptr);
  if (size <= 0) throw Error(ErrorKind::corrupt, "the server's certificate holds no key");
  Bytes bytes(static_cast<std::size_t>(size));
  unsigned char* at = bytes.data();
  i2d_X509_PUBKEY(key, &at);
  return bytes;
}

}  // namespace

std::string key_pin_of(std::string_view pem) {
  const Sha256 hash = sha256(public_key_info(pem));
  std::array<unsigned char, 48> base64{};  // 44 and a zero byte
  EVP_EncodeBlock(base64.data(), hash.data(), static_cast<int>(hash.size()));
  return "sha256//" + std::string(reinterpret_cast<const char*>(base64.data()));
}

}  // namespace lifeboat::seal
