#ifndef LIFEBOAT_VAULT_STORED_SESSION_H_
#define LIFEBOAT_VAULT_STORED_SESSION_H_

#include <optional>

#include "vault/session.h"
#include "vault/vault.h"

/// A session as its readers find it in the store: the plain header, and those that were sealed
/// again for identities that came later (docs/format/vault.md §6.1). Functions block on the store;
/// thread-safe. Memory: two headers.
namespace lifeboat::vault {

/// One that an identity opened. `key` opens everything that the session wrote: it lives no longer
/// than the work that needs it.
struct OpenedSession {
  SessionHeader plain;
  Bytes stored_plain;
  seal::SecretKey key;
};

/// Opens a session with this vault's own capability, by the plain header or by the first good one
/// that was sealed again. `named`: the SHA-256 that a record gives for the plain header.
/// Throws denied (sealed to others), corrupt (missing, not the one that is named, damaged).
[[nodiscard]] OpenedSession open_stored_session(const Vault& vault, Generation generation,
                                                const SessionId& id,
                                                const std::optional<ObjectHash>& named = {});

/// Throws corrupt unless `again`, a header sealed again, has the public fields of its plain header.
[[nodiscard]] SessionHeader decode_sealed_again(ByteView again, const SessionHeader& plain);

/// The same, and its MAC has to be that of the session's key: it is good.
[[nodiscard]] SessionHeader require_sealed_again(ByteView again, const OpenedSession& session);

/// What `<id>.<again>` holds, or nothing if there is no such object. Throws corrupt (too long).
[[nodiscard]] std::optional<Bytes> fetch_sealed_again(const Vault& vault, Generation generation,
                                                      const SessionId& id, std::uint64_t again);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_STORED_SESSION_H_
