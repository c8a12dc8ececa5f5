#ifndef LIFEBOAT_VAULT_SEALED_IDENTITY_H_
#define LIFEBOAT_VAULT_SEALED_IDENTITY_H_

#include <string_view>

#include "base/secret.h"
#include "seal/passphrase.h"
#include "vault/capability.h"

namespace lifeboat::vault {

/// The text before the base32 of an identity under a passphrase (docs/format/vault.md §3.2).
inline constexpr std::string_view kSealedIdentityPrefix = "lifeboat-sealed-identity-1";

[[nodiscard]] bool is_sealed_identity(std::string_view text) noexcept;

/// Throws Error(usage) if the capability is no identity or the passphrase is empty, and what
/// seal::stretch() throws. Random salt and nonce: no two results are alike.
[[nodiscard]] Secret seal_identity(const Capability& identity, const Secret& passphrase,
                                   const seal::StretchCost& cost = {});

/// Throws Error(usage) on a text that is cut off or was mistyped. Asks for no passphrase, so it
/// takes no time.
void check_sealed_identity(std::string_view text);

/// Throws as check_sealed_identity() and seal::stretch() do (a cost that is not allowed: before
/// memory is taken), and Error(denied) if the passphrase is another one. No message repeats text or
/// passphrase.
[[nodiscard]] Capability open_sealed_identity(std::string_view text, const Secret& passphrase);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_SEALED_IDENTITY_H_
