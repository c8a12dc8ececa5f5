#ifndef LIFEBOAT_REDIS_KEY_TABLE_H_
#define LIFEBOAT_REDIS_KEY_TABLE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "redis/record.h"
#include "redis/value_digest.h"

namespace lifeboat::redis {

/// Which database and key: the front of a SHA-256.
using KeyHash = ByteArray<16>;
[[nodiscard]] KeyHash hash_of(std::uint32_t database, std::string_view key);

/// What the records of a stream come to: of each key the digest of its last value and its expiry.
/// Holds one share of all keys, by their hash. Not thread-safe.
class KeyTable {
 public:
  struct Row {
    KeyHash key{};
    std::uint32_t order = 0;
    bool gone = false;
    std::uint64_t expiry_ms = kNoExpiry;
    Digest digest{};
  };

  /// Share `part` of `parts`, from 0.
  KeyTable(std::uint32_t part, std::uint32_t parts) : part_(part), parts_(parts) {}

  /// In the order of the stream. Throws Error(corrupt).
  void apply(const Record& record);
  void clear();
  /// The keys that are there at the end, ordered by hash.
  [[nodiscard]] std::vector<Row> finish();

 private:
  [[nodiscard]] bool takes(const KeyHash& key) const;
  void add_piece(const KeyHash& key, const Record& record);

  std::uint32_t part_;
  std::uint32_t parts_;
  std::vector<Row> rows_;
  std::optional<ValueDigest> pieces_;  ///< of the key that comes in pieces just now
};

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_KEY_TABLE_H_
