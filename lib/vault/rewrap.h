#ifndef LIFEBOAT_VAULT_REWRAP_H_
#define LIFEBOAT_VAULT_REWRAP_H_

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "base/observer.h"
#include "vault/history.h"
#include "vault/vault.h"

namespace lifeboat::vault {

struct RewrapReport {
  std::uint64_t sessions = 0;       ///< in the vault
  std::uint64_t sealed_again = 0;   ///< by this call
  std::vector<TrustedKey> readers;  ///< to whom: the identities that are not void
  /// Sessions that this identity does not open (denied), and headers that are not what they should
  /// be (corrupt). All other sessions are open to every reader.
  std::vector<Problem> problems;
};

/// Seals every session that lacks one of trust's identities to all of them: docs/format/vault.md
/// §6.1. Changes nothing that is stored; a second call has nothing to do, and a call that was
/// broken off is gone on with by another. Throws denied unless the capability is an identity's,
/// cancelled, unavailable. Memory: the names of all sessions, one session's headers.
[[nodiscard]] RewrapReport rewrap_sessions(const Vault& vault, Observer& observer,
                                           const std::stop_token& stop);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_REWRAP_H_
