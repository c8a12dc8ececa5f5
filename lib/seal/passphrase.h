#ifndef LIFEBOAT_SEAL_PASSPHRASE_H_
#define LIFEBOAT_SEAL_PASSPHRASE_H_

#include <cstdint>

#include "base/bytes.h"
#include "base/secret.h"
#include "seal/secret_key.h"

namespace lifeboat::seal {

/// What Argon2id takes for one guess at a passphrase (docs/format/vault.md §3.2).
struct StretchCost {
  std::uint32_t operations = 3;
  std::uint32_t memory_kib = 256U << 10U;
  bool operator==(const StretchCost&) const = default;
};

inline constexpr StretchCost kLeastCost{1, 8};
inline constexpr StretchCost kGreatestCost{10, 1U << 20U};

/// Whether a cost lies within the two above: to be asked before stretch() of a cost that was read.
[[nodiscard]] bool is_allowed(const StretchCost& cost) noexcept;

using PassphraseSalt = ByteArray<16>;

/// Argon2id 1.3. Blocks for the time and takes the memory that `cost` says (the default: less than
/// a second, 256 MiB); libsodium maps that memory by itself, apart from the heap, and gives it back
/// before this returns. Where the process's soft RLIMIT_DATA is below its hard one, the soft limit
/// is raised for the time of the call and put back after it, so a budget that the program keeps for
/// all else stays as it is; call it from one thread at a time. Throws Error(refused) on a cost that
/// is not allowed, before memory is taken, and Error(unavailable) if the memory cannot be had.
[[nodiscard]] SecretArray<64> stretch(const Secret& passphrase, const PassphraseSalt& salt,
                                      const StretchCost& cost);

}  // namespace lifeboat::seal

#endif  // LIFEBOAT_SEAL_PASSPHRASE_H_
