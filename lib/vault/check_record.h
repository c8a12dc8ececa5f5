#ifndef LIFEBOAT_VAULT_CHECK_RECORD_H_
#define LIFEBOAT_VAULT_CHECK_RECORD_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "vault/history.h"
#include "vault/types.h"

/// Checks on record, so that the next one reads what none has read for long:
/// docs/format/vault.md §18. Everything here is pure.
namespace lifeboat::vault {

/// How deep a check looks; each level includes those before it.
enum class CheckDepth : std::uint8_t {
  structure,  ///< names, signatures, chains, headers, indexes, lists, presence and size of packs
  packs,      ///< and the SHA-256 of every pack and index segment
  decrypt,    ///< and every blob: AEAD, decompression, id (needs an identity)
};

/// "structure", "packs", "decrypt".
[[nodiscard]] std::string_view name_of(CheckDepth depth) noexcept;

/// Packs and index segments by their hashes: those of part K of N are 1/N of all.
[[nodiscard]] bool is_of_part(const ObjectHash& hash, std::uint32_t part, std::uint32_t parts);

/// Which packs and index segments one check has read, told by their hashes.
struct PacksRead {
  std::string place;   ///< the store that was read: a copy of a vault is another place
  Instant store_time;  ///< by that store's clock, before it was listed: what is newer was not read
  CheckDepth depth = CheckDepth::packs;
  std::uint32_t part = 1;
  std::uint32_t parts = 1;
  ObjectHash from;     ///< the first one, in bytewise order
  ObjectHash through;  ///< the last one; less than `from`: over the end of all hashes, round
  /// What checks on record had read within this time was passed over.
  std::optional<std::chrono::seconds> recheck_after;
  std::vector<ObjectHash> leaned_on;  ///< the ids of their records
  std::set<ObjectHash> damaged;       ///< not as they should be, or not to be opened
  std::uint64_t objects = 0;
  std::uint64_t bytes = 0;

  /// Whether that hash lies in its part and its span.
  [[nodiscard]] bool spans(const ObjectHash& hash) const;
};

/// The body of a check record.
[[nodiscard]] std::string encode_packs_read(const PacksRead& read);
/// Throws corrupt.
[[nodiscard]] PacksRead decode_packs_read(std::string_view json);

/// What the checks on record have read at one place. A value; memory: the records' bodies.
class PastChecks {
 public:
  PastChecks() = default;
  /// Those of a history that were made there, none later than `now`, by the store's clock. Bodies
  /// that cannot be understood, and records that lean on one that is not there, count for nothing.
  PastChecks(const History& history, const std::string& place, Instant now);

  /// When a check of that depth or a deeper one last read that object and found it whole; nothing =
  /// none did. `stored_at` by the store's clock.
  [[nodiscard]] std::optional<Instant> last_read(const ObjectHash& hash, Instant stored_at,
                                                 CheckDepth depth) const;
  /// The last hash that the newest check of that depth read, where the next one goes on.
  [[nodiscard]] std::optional<ObjectHash> ended_at(CheckDepth depth) const;
  /// The records that say what was read at `since` or later.
  [[nodiscard]] std::vector<ObjectHash> records_since(Instant since) const;
  /// One that is not on record yet.
  void add(PacksRead read);

 private:
  struct Past {
    ObjectHash record;
    PacksRead read;
    std::vector<std::size_t> leaned_on{};  ///< places in checks_
  };
  /// What one object went through in some of the checks.
  struct Fate {
    std::optional<Instant> packs{};  ///< when it was last read and whole
    std::optional<Instant> decrypted{};
    void pass(const Past& past, const ObjectHash& hash);
    [[nodiscard]] const std::optional<Instant>& at(CheckDepth depth) const {
      return depth == CheckDepth::decrypt ? decrypted : packs;
    }
  };
  /// Finds the records that it leans on; false if one is not there.
  bool append(Past past);
  [[nodiscard]] bool did_read(const Past& past, const ObjectHash& hash, Instant stored_at,
                              const std::vector<bool>& earlier) const;

  std::vector<Past> checks_;                    // oldest first
  std::map<ObjectHash, std::size_t> places_{};  // of records in checks_
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_CHECK_RECORD_H_
