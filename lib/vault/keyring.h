#ifndef LIFEBOAT_VAULT_KEYRING_H_
#define LIFEBOAT_VAULT_KEYRING_H_

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "seal/sodium.h"
#include "vault/capability.h"
#include "vault/trust.h"
#include "vault/types.h"

namespace lifeboat::vault {

/// What names chunks and sums rows of one writer in one generation (from K_w).
struct WriterKeys {
  seal::SecretKey chunk_id;
  seal::SecretArray<16> row;
};

/// What opens index segments, pack directories and lists of one writer (from K_ix,w).
struct IndexKeys {
  seal::SecretKey list_id;
  seal::SecretKey aead;
};

/// The keys that one capability unlocks: its own sealed keys and all that derives from them
/// (docs/format/vault.md §3). A missing key is a value: the caller decides whether that is an
/// error.
class Keyring {
 public:
  /// Throws corrupt if a key sealed to this capability does not open.
  Keyring(const VaultId& vault, const Trust& trust, const Capability& capability);

  [[nodiscard]] std::optional<WriterKeys> writer_keys(Generation generation,
                                                      const KeyId& writer) const;
  [[nodiscard]] std::optional<IndexKeys> index_keys(Generation generation,
                                                    const KeyId& writer) const;
  /// The record AEAD key of an author.
  [[nodiscard]] std::optional<seal::SecretKey> record_key(Generation generation,
                                                          const KeyId& author) const;

  /// K_gen of every generation that this capability opens: an identity's all, nobody else's.
  [[nodiscard]] std::map<Generation, seal::SecretKey> generation_keys() const;

  /// The keys that trust seals to a holder of `role`, made from K_gen.
  [[nodiscard]] static std::vector<SealedKey> seal_for(const VaultId& vault, Generation generation,
                                                       const seal::SecretKey& generation_key,
                                                       const TrustedKey& recipient);

 private:
  [[nodiscard]] std::optional<seal::SecretKey> held(Generation generation, SealedKind kind) const;

  VaultId vault_;
  KeyId self_;
  std::map<std::pair<Generation, SealedKind>, seal::SecretKey> keys_;
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_KEYRING_H_
