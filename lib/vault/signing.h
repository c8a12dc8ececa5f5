#ifndef LIFEBOAT_VAULT_SIGNING_H_
#define LIFEBOAT_VAULT_SIGNING_H_

#include <string_view>

#include "seal/sodium.h"
#include "vault/types.h"

/// Objects that end in an Ed25519 signature over exactly the bytes before it (§1, `sign`).
namespace lifeboat::vault {

/// `content` with its signature behind it. `label` separates kinds of objects and vaults.
[[nodiscard]] Bytes signed_object(const seal::SigningKey& key, std::string_view label,
                                  const VaultId& vault, Bytes content);

/// What stands before a signature that fits. Throws corrupt, naming `what`.
[[nodiscard]] ByteView verified_content(const ByteArray<32>& public_key, std::string_view label,
                                        const VaultId& vault, ByteView stored,
                                        std::string_view what);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_SIGNING_H_
