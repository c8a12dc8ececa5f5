#ifndef LIFEBOAT_VAULT_BLOB_ID_SET_H_
#define LIFEBOAT_VAULT_BLOB_ID_SET_H_

#include <array>
#include <cstring>
#include <vector>

#include "vault/types.h"

namespace lifeboat::vault {

/// A set of blob ids, by their first 16 bytes. Ids are the output of a keyed hash: for two of a
/// million million to agree in so much has odds of 1 to 10^14. Not thread-safe.
///
/// Memory: 18 to 37 bytes an id. It grows one of 16 parts at a time, so that never more than a
/// sixteenth of it stands there twice.
class BlobIdSet {
 public:
  /// Whether it was not there.
  bool insert(const BlobId& id) {
    Part& part = parts_[id.bytes[0] >> 4U];
    if ((part.count + 1) * 8 > part.slots.size() * 7) part.grow();
    return part.insert(key_of(id));
  }

  [[nodiscard]] bool contains(const BlobId& id) const {
    return parts_[id.bytes[0] >> 4U].contains(key_of(id));
  }

  [[nodiscard]] std::size_t size() const noexcept {
    std::size_t total = 0;
    for (const Part& part : parts_) total += part.count;
    return total;
  }

 private:
  struct Key {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };

  static Key key_of(const BlobId& id) {
    Key key;
    std::memcpy(&key.high, id.bytes.data(), sizeof key.high);
    std::memcpy(&key.low, id.bytes.data() + sizeof key.high, sizeof key.low);
    return key;
  }

  /// Open addressing; a key of zeros marks a free slot and is kept apart itself.
  struct Part {
    std::vector<Key> slots;
    std::size_t count = 0;
    bool has_zero = false;

    bool insert(const Key& key) {
      if (key == Key{}) {
        const bool fresh = !has_zero;
        has_zero = true;
        count += fresh ? 1 : 0;
        return fresh;
      }
      const std::size_t mask = slots.size() - 1;
      for (std::size_t at = key.low & mask;; at = (at + 1) & mask) {
        if (slots[at] == key) return false;
        if (slots[at] == Key{}) {
          slots[at] = key;
          ++count;
          return true;
        }
      }
    }

    [[nodiscard]] bool contains(const Key& key) const {
      if (key == Key{}) return has_zero;
      if (slots.empty()) return false;
      const std::size_t mask = slots.size() - 1;
      for (std::size_t at = key.low & mask; slots[at] != Key{}; at = (at + 1) & mask) {
        if (slots[at] == key) return true;
      }
      return false;
    }

    void grow() {
      constexpr std::size_t kLeastSlots = 64;
      std::vector<Key> old(slots.empty() ? kLeastSlots : 2 * slots.size());
      old.swap(slots);
      count = has_zero ? 1 : 0;
      for (const Key& key : old) {
        if (key != Key{}) insert(key);
      }
    }
  };

  std::array<Part, 16> parts_;
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_BLOB_ID_SET_H_
