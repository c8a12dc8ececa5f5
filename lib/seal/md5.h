#ifndef LIFEBOAT_SEAL_MD5_H_
#define LIFEBOAT_SEAL_MD5_H_

#include <string>

#include "base/bytes.h"

namespace lifeboat::seal {

/// MD5 in base64, as the header Content-MD5 carries it (RFC 1864). It protects nothing here: stores
/// ask for it beside a lock. Throws Error(internal) where libcrypto was built without it.
[[nodiscard]] std::string md5_base64(ByteView bytes);

}  // namespace lifeboat::seal

#endif  // LIFEBOAT_SEAL_MD5_H_
