#ifndef LIFEBOAT_VAULT_INDEX_H_
#define LIFEBOAT_VAULT_INDEX_H_

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "seal/sodium.h"
#include "vault/blob.h"
#include "vault/index_frame.h"
#include "vault/keyring.h"
#include "vault/pack.h"
#include "vault/types.h"

namespace lifeboat::vault {

/// Where a blob is stored.
struct BlobLocation {
  SessionId session;
  ObjectHash pack;
  ObjectType pack_type = ObjectType::data_pack;
  Generation generation = 0;
  BlobPlace place;
};

/// A segment as a snapshot record names it.
struct SegmentRef {
  ObjectHash hash;
  Generation generation = 0;
  std::uint32_t stored_bytes = 0;
  friend bool operator==(const SegmentRef&, const SegmentRef&) = default;
};

inline constexpr std::size_t kMaxSegmentEntries = std::size_t{1} << 20U;
inline constexpr std::uint64_t kMaxSegmentBytes = std::uint64_t{80} << 20U;
inline constexpr std::size_t kIndexEntryBytes = 61;
/// Where an entry as stored names its session and its pack, u32 each.
inline constexpr std::size_t kEntrySessionAt = 32;
inline constexpr std::size_t kEntryPackAt = 44;

/// One decoded index segment: docs/format/vault.md §10. Keeps the entries as they are stored,
/// sorted by id, 61 bytes each; nothing is unpacked before it is looked up. Ids are hashes, so
/// their first bits alone lead to the right sixteen of them.
class IndexSegment {
 public:
  /// Verifies the signature and decrypts where the bytes lie. Throws corrupt. Memory:
  /// open_segment().
  [[nodiscard]] static IndexSegment decode(Bytes stored, const VaultId& vault,
                                           const ByteArray<32>& writer_key, const IndexKeys& keys);

  [[nodiscard]] std::optional<BlobLocation> find(const BlobId& id) const;
  /// The place of that blob's entry.
  [[nodiscard]] std::optional<std::size_t> place_of(const BlobId& id) const;
  [[nodiscard]] std::size_t size() const noexcept { return count_; }
  [[nodiscard]] std::uint8_t level() const noexcept { return level_; }
  [[nodiscard]] Generation generation() const noexcept { return generation_; }
  /// Set if it is a flush.
  [[nodiscard]] const std::optional<FlushMark>& flush() const noexcept { return flush_; }

  struct PackInfo {
    ObjectHash hash;
    std::uint32_t stored_bytes = 0;
    ObjectType type = ObjectType::data_pack;
  };
  [[nodiscard]] const std::vector<PackInfo>& packs() const noexcept { return packs_; }
  [[nodiscard]] const std::vector<SessionId>& sessions() const noexcept { return sessions_; }

  struct Entry {
    BlobId id;
    std::uint32_t session = 0;  ///< place in sessions()
    std::uint32_t pack = 0;     ///< place in packs()
    BlobPlace place;
  };
  /// In order of id.
  [[nodiscard]] Entry entry(std::size_t at) const;
  /// The same as it is stored, kIndexEntryBytes long.
  [[nodiscard]] ByteView stored_entry(std::size_t at) const noexcept {
    return ByteView(object_).subspan(entries_at_ + at * kIndexEntryBytes, kIndexEntryBytes);
  }

 private:
  friend class IndexSegmentBuilder;
  void decode_tables(ByteView plaintext);
  void check_entries() const;
  void build_fence();

  Generation generation_ = 0;
  std::uint8_t level_ = 0;
  std::optional<FlushMark> flush_;
  std::vector<SessionId> sessions_;
  std::vector<PackInfo> packs_;
  Bytes object_;
  std::size_t entries_at_ = 0;
  std::size_t count_ = 0;
  unsigned fence_bits_ = 0;
  std::vector<std::uint32_t>
      fence_;  // for each value of an id's first bits, the first entry from it
};

/// The length of a segment's plaintext.
[[nodiscard]] std::size_t segment_plain_bytes(std::size_t sessions, std::size_t packs,
                                              std::size_t entries);
/// Writes the tables in front of a segment's entries. `for_each_pack` calls what it is given with
/// each of `pack_count` packs.
void put_tables(
    SegmentFrame& frame, const std::vector<SessionId>& sessions, std::uint32_t pack_count,
    const std::function<void(const std::function<void(const IndexSegment::PackInfo&)>&)>&
        for_each_pack);

/// Collects entries and writes a segment. Not thread-safe. Memory: 96 bytes an entry.
class IndexSegmentBuilder {
 public:
  void add(const SessionId& session, const Pack& pack);
  /// Some of the blobs of a stored pack.
  void add(const SessionId& session, const IndexSegment::PackInfo& pack,
           std::span<const PackedBlob> blobs);
  /// Of another segment those entries that are chosen, one flag each, with the packs they need.
  void add(const IndexSegment& segment, const std::vector<bool>& chosen);

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }

  /// The stored form.
  [[nodiscard]] Bytes encode(const VaultId& vault, Generation generation, std::uint8_t level,
                             const seal::SigningKey& writer, const IndexKeys& keys,
                             const std::optional<FlushMark>& flush = {});

 private:
  [[nodiscard]] std::uint32_t session_place(const SessionId& id);

  std::vector<SessionId> sessions_;
  std::vector<IndexSegment::PackInfo> packs_;
  std::vector<IndexSegment::Entry> entries_;
};

/// The live set of one snapshot: all its segments, looked up together. Memory: 61 bytes an entry.
/// Immutable after loading, so thread-safe.
class Index {
 public:
  void add(SegmentRef ref, IndexSegment segment);
  [[nodiscard]] std::optional<BlobLocation> find(const BlobId& id) const;
  [[nodiscard]] std::size_t size() const noexcept;

  struct Loaded {
    SegmentRef ref;
    IndexSegment segment;
  };
  [[nodiscard]] const std::vector<Loaded>& segments() const noexcept { return segments_; }

 private:
  std::vector<Loaded> segments_;
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_INDEX_H_
