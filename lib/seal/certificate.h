#ifndef LIFEBOAT_SEAL_CERTIFICATE_H_
#define LIFEBOAT_SEAL_CERTIFICATE_H_

#include <string>
#include <string_view>

namespace lifeboat::seal {

/// The pin of a certificate's public key: "sha256//" and base64 of the SHA-256 of its
/// SubjectPublicKeyInfo (RFC 7469 §2.4, as curl(1) takes it). It stays the same when the
/// certificate is renewed for the same key. `pem` is one certificate. Throws Error(corrupt) if it
/// is none.
[[nodiscard]] std::string key_pin_of(std::string_view pem);

}  // namespace lifeboat::seal

#endif  // LIFEBOAT_SEAL_CERTIFICATE_H_
