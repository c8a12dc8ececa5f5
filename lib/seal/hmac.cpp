#include "seal/hmac.h"

#include <sodium.h>

#include "seal/secret_key.h"

namespace lifeboat::seal {

ByteArray<32> hmac_sha256(ByteView key, ByteView message) {
  // Not the one-shot call: that one takes keys of 32 bytes only.
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, key.data(), key.size());
  crypto_auth_hmacsha256_update(&state, message.data(), message.size());
  ByteArray<32> code{};
  crypto_auth_hmacsha256_final(&state, code.data());
  wipe({reinterpret_cast<std::uint8_t*>(&state), sizeof state});
  return code;
}

}  // namespace lifeboat::seal
