#ifndef LIFEBOAT_VAULT_SESSION_H_
#define LIFEBOAT_VAULT_SESSION_H_

#include <vector>

#include "base/clock.h"
#include "seal/sodium.h"
#include "vault/capability.h"
#include "vault/trust.h"
#include "vault/types.h"

namespace lifeboat::vault {

/// What derives from a session key: docs/format/vault.md §3.
struct SessionKeys {
  seal::SecretKey data;
  seal::SecretKey meta;
  seal::SecretKey commitment;
  seal::SecretKey header_mac;
  seal::SecretKey private_id;

  [[nodiscard]] static SessionKeys from(const seal::SecretKey& session_key);
};

/// What any session header takes at most.
inline constexpr std::uint64_t kMaxSessionBytes = std::uint64_t{1} << 20U;

/// The public part of a session header: docs/format/vault.md §6.
struct SessionHeader {
  VaultId vault;
  Generation generation = 0;
  SessionId id;
  KeyId writer;
  std::uint32_t trust_number = 0;
  ObjectHash trust_hash;
  Instant started;
  struct Recipient {
    KeyId key;
    Bytes box;
  };
  std::vector<Recipient> recipients;

  /// Throws corrupt. The MAC is checked by open_session().
  [[nodiscard]] static SessionHeader decode(ByteView stored);

  /// Throws corrupt unless this is the header that belongs under that name of that vault.
  void require_place(const VaultId& of_vault, Generation of_generation,
                     const SessionId& of_session) const;
  /// Throws corrupt unless this writer began the session.
  void require_writer(const KeyId& author) const;
};

/// A new session: its keys, and the header to store before anything else.
struct NewSession {
  SessionHeader header;
  SessionKeys keys;
  Bytes stored;
};
/// Seals a fresh session key to every identity in trust. Throws refused if there is none.
[[nodiscard]] NewSession start_session(const TrustState& state, const KeyId& writer, Instant now);

/// The same session for the identities of `state`, as stored (§6.1). Throws as start_session().
[[nodiscard]] Bytes seal_session_again(const SessionHeader& plain,
                                       const seal::SecretKey& session_key, const TrustState& state);

/// Opens a stored header as one of its readers. Throws denied (not sealed to this key), corrupt.
[[nodiscard]] SessionKeys open_session(ByteView stored, const Capability& reader);
/// The same; gives the session key itself, for whoever seals it again.
[[nodiscard]] seal::SecretKey open_session_key(ByteView stored, const Capability& reader);

/// Whether a stored header, which decodes, was made by somebody who knew the session key.
[[nodiscard]] bool has_session_mac(ByteView stored, const SessionKeys& keys);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_SESSION_H_
