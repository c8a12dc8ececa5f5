#ifndef LIFEBOAT_SEAL_HMAC_H_
#define LIFEBOAT_SEAL_HMAC_H_

#include "base/bytes.h"

namespace lifeboat::seal {

/// HMAC-SHA-256 (RFC 2104) under a key of any length: what S3 signs requests with. Thread-safe.
[[nodiscard]] ByteArray<32> hmac_sha256(ByteView key, ByteView message);

}  // namespace lifeboat::seal

#endif  // LIFEBOAT_SEAL_HMAC_H_
