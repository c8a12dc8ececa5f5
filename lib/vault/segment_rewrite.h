#ifndef LIFEBOAT_VAULT_SEGMENT_REWRITE_H_
#define LIFEBOAT_VAULT_SEGMENT_REWRITE_H_

#include <map>
#include <optional>
#include <vector>

#include "vault/base_index.h"
#include "vault/vault.h"

/// What a writer does about condemned packs when it commits: docs/format/vault.md §17.5.
namespace lifeboat::vault {

/// Stores a segment under its hash.
SegmentRef store_segment(const Vault& vault, Generation generation, ByteView stored);

/// Moves blobs out of packs that a pruner condemned: reads those packs, puts the blobs as they are
/// into new ones, and indexes them there. One thread; for one commit.
/// Memory: one pack that is read, one that is written, and 100 bytes a blob of a segment.
class Rescue {
 public:
  explicit Rescue(const Vault& vault) : vault_(vault) {}

  /// Moves these entries of a segment of the current generation. Throws busy if their pack is gone
  /// or damaged: then a run that starts anew stores them again.
  void move(const IndexSegment& segment, std::vector<std::uint32_t> places);

  /// The segments that know the moved blobs. Call once, last.
  [[nodiscard]] std::vector<SegmentRef> finish();

  /// Stored bytes that it added.
  [[nodiscard]] std::uint64_t stored_bytes() const noexcept { return stored_bytes_; }

 private:
  void move_from_session(const IndexSegment& segment, const std::vector<std::uint32_t>& places);
  [[nodiscard]] const Bytes& fetch(const IndexSegment::PackInfo& pack, Generation generation);
  void store(const SessionId& session, Pack pack);
  void store_index();

  const Vault& vault_;
  ObjectHash fetched_;
  Bytes fetched_bytes_;
  IndexSegmentBuilder index_;
  std::vector<SegmentRef> segments_;
  std::uint64_t stored_bytes_ = 0;
};

/// A live set without what is condemned: each segment that is condemned, or names a condemned pack,
/// is written anew without the entries in such packs, at its level; one that is of another
/// generation or left empty is left out, and all are if everything is condemned. Reads the segments
/// that `base` has not loaded. Memory: two segments.
[[nodiscard]] std::vector<SegmentRef> without_condemned(const Vault& vault, const BaseIndex& base,
                                                        const std::vector<SegmentRef>& live,
                                                        const Condemned& condemned);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_SEGMENT_REWRITE_H_
