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

/// For objects too long to be copied: begin with signing_prefix(), put the content behind it, and
/// signed_in_place() gives the content with its signature; `prefix_bytes` = length of the prefix.
[[nodiscard]] Bytes signing_prefix(std::string_view label, const VaultId& vault);
[[nodiscard]] Bytes signed_in_place(const seal::SigningKey& key, Bytes prefix_and_content,
                                    std::size_t prefix_bytes);

/// What stands before a signature that fits. Throws corrupt, naming `what`.
[[nodiscard]] ByteView verified_content(const ByteArray<32>& public_key, std::string_view label,
                                        const VaultId& vault, ByteView stored,
                                        std::string_view what);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_SIGNING_H_
