#ifndef LIFEBOAT_VAULT_TRUST_CHANGE_H_
#define LIFEBOAT_VAULT_TRUST_CHANGE_H_

#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "seal/secret_key.h"
#include "store/object_store.h"
#include "vault/capability.h"
#include "vault/trust.h"
#include "vault/vault.h"

/// Who may do what, changed: docs/format/vault.md §5.1. The plan_ functions are pure: they turn a
/// trust record into the one that follows it, and store nothing. Values; no threads.
namespace lifeboat::vault {

/// K_gen of each generation, as an identity holds them.
using GenerationKeys = std::map<Generation, seal::SecretKey>;

struct NewKey {
  Role role = Role::viewer;
  std::string name;                  ///< unique in trust
  std::vector<std::string> sources;  ///< of a writer; "*" = any
};

/// A key with a fresh seed for this vault; its trust number and hash are those of the
/// record that introduces it, so whoever signs that sets them.
[[nodiscard]] Capability new_capability(const TrustState& state, Role role);

/// Adds a key, with what its role is given sealed to it in every generation. Throws usage (an
/// admin, sources that no writer has), refused (the name is in use), denied (`keys` lacks a
/// generation: an identity that holds them all is needed).
[[nodiscard]] Trust plan_add(const TrustState& state, const GenerationKeys& keys, const NewKey& key,
                             const Capability& capability, Instant at);

/// Makes void what a key signs behind `cut`. A cut-off that was set can only be moved back.
/// Throws refused (the admin, the last identity, a later cut-off), not_found.
[[nodiscard]] Trust plan_revoke(const Trust& trust, const KeyId& id, const TrustedKey::Cut& cut,
                                Instant at);

/// Starts the next generation: `fresh` sealed to every key that is not revoked.
[[nodiscard]] Trust plan_rotate(const TrustState& state, const seal::SecretKey& fresh, Instant at);

/// The key that a name or the beginning of a key id (4 digits or more) means. Throws not_found,
/// usage (fits two).
[[nodiscard]] const TrustedKey& find_key(const Trust& trust, const std::string& text);

/// A plan with the admin's signature, not stored yet.
struct SignedTrust {
  Trust trust;  ///< hash is set
  Bytes stored;
};
/// Throws denied unless `admin` is this vault's admin.
[[nodiscard]] SignedTrust sign_trust(const TrustState& state, Trust trust, const Capability& admin);

/// Stores it under its number. Throws busy if another change has that number: then nothing was
/// stored, and the same change can be planned anew. A lost answer meets its own bytes: success.
void publish_trust(const SignedTrust& signed_trust, store::ObjectStore& store);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_TRUST_CHANGE_H_
