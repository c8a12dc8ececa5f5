#ifndef LIFEBOAT_VAULT_BASE_INDEX_H_
#define LIFEBOAT_VAULT_BASE_INDEX_H_

#include <atomic>
#include <memory>
#include <vector>

#include "vault/condemned.h"
#include "vault/index.h"

namespace lifeboat::vault {

/// The index of a writer's last snapshot, as a run uses it: what lies in condemned packs is absent,
/// and what the run relied on is noted. Memory: the index, and a byte an entry.
class BaseIndex {
 public:
  BaseIndex() = default;
  BaseIndex(Index index, const Condemned& condemned);

  /// Whether the vault holds that blob; if so, it counts as used from now on. Thread-safe.
  [[nodiscard]] bool claim(const BlobId& id) const;

  [[nodiscard]] const Index& index() const noexcept { return index_; }

  /// The entries of one segment that the run uses and that lie in a condemned pack: their places.
  [[nodiscard]] std::vector<std::uint32_t> used_in(std::size_t segment,
                                                   const Condemned& condemned) const;

 private:
  struct Notes {
    std::vector<bool> hidden_packs;
    std::unique_ptr<std::atomic<bool>[]> used;  ///< of the entries
  };

  Index index_;
  std::vector<Notes> notes_;  ///< of the segments
};

/// Of a segment's packs which are condemned.
[[nodiscard]] std::vector<bool> condemned_packs(const IndexSegment& segment,
                                                const Condemned& condemned);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_BASE_INDEX_H_
