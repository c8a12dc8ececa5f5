#ifndef LIFEBOAT_VAULT_INDEX_MERGE_H_
#define LIFEBOAT_VAULT_INDEX_MERGE_H_

#include <span>
#include <vector>

#include "vault/index.h"
#include "vault/vault.h"

namespace lifeboat::vault {

/// All entries of several segments as the stored form of one; an id that occurs twice keeps the
/// entry of the segment that stands first. Together they hold at most kMaxSegmentEntries.
/// Memory: what it returns.
[[nodiscard]] Bytes merge_segments(std::span<const IndexSegment* const> segments,
                                   const VaultId& vault, Generation generation, std::uint8_t level,
                                   const seal::SigningKey& writer, const IndexKeys& keys);

/// Keeps a writer's live set short, as docs/format/vault.md §10 says: where it would hold eight
/// segments of one level, they become one of the next.
class IndexMerge {
 public:
  /// `base` is the index that is loaded already; both must outlive this.
  IndexMerge(const Vault& vault, const Index& base) : vault_(vault), base_(base) {}

  /// The live set to commit instead of `live`; new segments are stored. `fresh` = those of the
  /// session that commits, of level 0. Reads only segments that are merged and not in the base
  /// index, and those that somebody else committed meanwhile. Memory: the segments it reads, and
  /// one merged one.
  [[nodiscard]] std::vector<SegmentRef> merged(std::vector<SegmentRef> live,
                                               const std::vector<SegmentRef>& fresh) const;

 private:
  /// Nothing if the segments hold too much for one.
  [[nodiscard]] std::optional<SegmentRef> merge(const std::vector<SegmentRef>& of_one_level,
                                                std::uint8_t level) const;
  [[nodiscard]] const IndexSegment* loaded(const SegmentRef& ref) const;
  [[nodiscard]] std::uint8_t level_of(const SegmentRef& ref,
                                      const std::vector<SegmentRef>& fresh) const;

  const Vault& vault_;
  const Index& base_;
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_INDEX_MERGE_H_
