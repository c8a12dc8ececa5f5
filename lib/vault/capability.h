#ifndef LIFEBOAT_VAULT_CAPABILITY_H_
#define LIFEBOAT_VAULT_CAPABILITY_H_

#include <string>
#include <string_view>

#include "base/secret.h"
#include "seal/sodium.h"
#include "vault/types.h"

namespace lifeboat::vault {

/// What one holder of a vault has: one string, from which his keys derive (docs/format/vault.md
/// §3.1). Everything else comes sealed in the trust record.
struct Capability {
  Role role = Role::viewer;
  VaultId vault;
  seal::Hash root_fingerprint{};  ///< H(root public key)
  std::uint32_t trust_number = 0;
  ObjectHash trust_hash;
  seal::SecretKey seed;

  [[nodiscard]] seal::SigningKey signing_key() const;
  [[nodiscard]] seal::BoxKey box_key() const;
  [[nodiscard]] KeyId key_id() const;

  /// "lifeboat-writer-1...".
  [[nodiscard]] Secret to_text() const;
  /// Throws Error(usage) on a string that is not a capability or was mistyped; the message does not
  /// repeat it.
  [[nodiscard]] static Capability from_text(std::string_view text);
};

[[nodiscard]] KeyId key_id_of(const ByteArray<32>& signing_public_key);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_CAPABILITY_H_
