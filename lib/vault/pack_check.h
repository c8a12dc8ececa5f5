#ifndef LIFEBOAT_VAULT_PACK_CHECK_H_
#define LIFEBOAT_VAULT_PACK_CHECK_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "vault/check_record.h"
#include "vault/object_names.h"

/// Which packs and index segments a check reads, and in which order: docs/format/vault.md §18.
namespace lifeboat::vault {

/// The store that a check looks at, for its record.
struct CheckedPlace {
  std::string name;    ///< "s3://acme-dr/shop at s3.eu-central-1.amazonaws.com", a directory's path
  Instant store_time;  ///< by its own clock, before the check
};

/// What a check reads of all packs and index segments.
struct PackChoice {
  std::uint32_t part = 1;   ///< those of one part, by their hashes: N checks of parts 1 to N read
  std::uint32_t parts = 1;  ///< everything
  std::optional<std::chrono::seconds> max_time = {};  ///< no new one then, from the first one on
  /// Not what a check on record has read within that time. Needs `place`.
  std::optional<std::chrono::seconds> recheck_after = {};
  std::optional<CheckedPlace> place = {};  ///< where it is; nothing = what is read is not told
};

/// A pack or an index segment as the listing shows it.
struct ListedPack {
  std::string name;
  names::Parsed parsed;
  Instant stored_at;  ///< by the store's clock
};

/// Hands out what is to be read, and keeps account of what was. Not thread-safe. Memory: 200 bytes
/// for each pack.
class PackRounds {
 public:
  /// `packs` = all there are. `depth` = packs or decrypt.
  PackRounds(std::vector<ListedPack> packs, CheckDepth depth, const PackChoice& choice,
             PastChecks past);

  /// The next one to read, or nothing: all are read, or the time is over. Lives as long as this.
  [[nodiscard]] const ListedPack* next();
  /// How the one handed out last was found; 0 bytes if it could not be read.
  void note(std::uint64_t bytes, bool whole);

  /// Not read: of other parts, or for lack of time.
  [[nodiscard]] std::uint64_t left() const noexcept { return left_; }
  /// Not read, because a check on record had done so recently.
  [[nodiscard]] std::uint64_t recent() const noexcept { return recent_; }
  /// For a record, if anything was read and the place is known.
  [[nodiscard]] std::optional<PacksRead> read() const;
  /// Over all packs, this check counted in: how many none has read, and when the one was read whose
  /// turn is longest ago. Needs the place.
  struct Age {
    std::uint64_t never = 0;
    std::optional<Instant> oldest = {};
  };
  [[nodiscard]] Age age() const;

 private:
  using Steady = std::chrono::steady_clock;
  [[nodiscard]] bool is_recent(const ListedPack& pack) const;

  std::vector<ListedPack> packs_;  // in the order of reading
  CheckDepth depth_;
  PackChoice choice_;
  PastChecks past_;
  Steady::time_point end_;
  std::size_t next_ = 0;
  std::uint64_t left_ = 0;
  std::uint64_t recent_ = 0;
  PacksRead read_;
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_PACK_CHECK_H_
