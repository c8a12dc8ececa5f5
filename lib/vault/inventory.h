#ifndef LIFEBOAT_VAULT_INVENTORY_H_
#define LIFEBOAT_VAULT_INVENTORY_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "vault/sweep_record.h"
#include "vault/vault.h"

namespace lifeboat::vault {

/// What an object of a vault is, by its name.
enum class StoredKind : std::uint8_t {
  data_packs,
  list_packs,
  index,
  sessions,
  snapshot_records,
  records,
  rolls,
  trust,  ///< and `format`
  marks,
  claims,
  journals,
  probes,
  unknown,  ///< a name that no object of this vault has
};
inline constexpr std::size_t kStoredKinds = 13;

/// "data_packs", "list_packs" …, as in JSON.
[[nodiscard]] std::string_view name_of(StoredKind kind) noexcept;

/// How many objects, and how large together.
struct Tally {
  std::uint64_t objects = 0;
  std::uint64_t stored_bytes = 0;

  void add(std::uint64_t size_bytes) noexcept {
    ++objects;
    stored_bytes += size_bytes;
  }
  void add(const Tally& more) noexcept {
    objects += more.objects;
    stored_bytes += more.stored_bytes;
  }
  friend bool operator==(const Tally&, const Tally&) = default;
};

/// All that lies in a vault's store at one moment. A value.
struct Inventory {
  std::array<Tally, kStoredKinds> kinds{};
  /// Of them, what a signed sweep removed on record and is still there.
  Tally swept;
  /// The packs, each taken for no less than the size that was asked for.
  std::uint64_t padded_pack_bytes = 0;

  [[nodiscard]] const Tally& of(StoredKind kind) const {
    return kinds.at(static_cast<std::size_t>(kind));
  }
  [[nodiscard]] Tally packs() const;  ///< of data and of lists
  [[nodiscard]] Tally whole() const;
};

/// Lists the whole store: one request for each 1,000 objects, and nothing is read. `swept`: what
/// read_history() says. `least_pack_bytes`: what a store charges for a smaller pack; 0 = its size.
/// Leftovers of a crash (".tmp-…" in a directory) are in no listing. Throws what the store throws.
[[nodiscard]] Inventory take_inventory(const Vault& vault, const Swept& swept,
                                       std::uint64_t least_pack_bytes = 0);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_INVENTORY_H_
