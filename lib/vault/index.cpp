#include "vault/index.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/wire.h"

namespace lifeboat::vault {
namespace {

constexpr const char* kWhat = "an index segment";

template <typename Integer>
Integer load(const std::uint8_t* from) {
  Integer value = 0;
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    value |= static_cast<Integer>(Integer{from[i]} << (8 * i));
  }
  return value;
}

/// The first bits of an id, in the order that ids have.
std::size_t first_bits(const std::uint8_t* id, unsigned bits) {
  const std::uint32_t first = std::uint32_t{id[0]} << 24U | std::uint32_t{id[1]} << 16U |
                              std::uint32_t{id[2]} << 8U | id[3];
  return bits == 0 ? 0 : first >> (32U - bits);
}

void put_entry(SegmentFrame& writer, const IndexSegment::Entry& entry) {
  writer.put_bytes(entry.id.view())
      .put(entry.session)
      .put(entry.place.counter)
      .put(entry.pack)
      .put(entry.place.offset)
      .put(entry.place.stored_bytes)
      .put(entry.place.plain_bytes)
      .put(kind_and_codec(entry.place));
}

ObjectType pack_type_of(std::uint8_t value) {
  const auto type = static_cast<ObjectType>(value);
  if (type != ObjectType::data_pack && type != ObjectType::meta_pack) {
    throw Error(ErrorKind::corrupt, "an index segment names a pack of an unknown type");
  }
  return type;
}

}  // namespace

IndexSegment IndexSegment::decode(Bytes stored, const VaultId& vault,
                                  const ByteArray<32>& writer_key, const IndexKeys& keys) {
  OpenedSegment opened = open_segment(std::move(stored), vault, writer_key, keys);
  IndexSegment segment;
  segment.generation_ = opened.generation;
  segment.level_ = opened.level;
  segment.object_ = std::move(opened.bytes);
  segment.decode_tables(ByteView(segment.object_).subspan(opened.plain_at, opened.plain_bytes));
  segment.check_entries();
  segment.build_fence();
  segment.flush_ = opened.flush;
  return segment;
}

void IndexSegment::decode_tables(ByteView plaintext) {
  WireReader reader(plaintext, kWhat);
  const auto session_count = reader.get<std::uint32_t>();
  for (std::uint32_t i = 0; i < session_count; ++i) sessions_.push_back({reader.get_array<16>()});
  const auto pack_count = reader.get<std::uint32_t>();
  for (std::uint32_t i = 0; i < pack_count; ++i) {
    PackInfo info;
    info.hash.bytes = reader.get_array<32>();
    info.stored_bytes = reader.get<std::uint32_t>();
    info.type = pack_type_of(reader.get<std::uint8_t>());
    packs_.push_back(info);
  }
  count_ = reader.get<std::uint32_t>();
  if (count_ > kMaxSegmentEntries || reader.rest().size() != count_ * kIndexEntryBytes) {
    throw Error(ErrorKind::corrupt, "an index segment has another length than it says");
  }
  entries_at_ = static_cast<std::size_t>(reader.rest().data() - object_.data());
}

void IndexSegment::check_entries() const {
  for (std::size_t i = 0; i < count_; ++i) {
    const Entry here = entry(i);
    const bool ordered =
        i == 0 || std::memcmp(stored_entry(i - 1).data(), here.id.bytes.data(), BlobId::kSize) < 0;
    if (!ordered || here.session >= sessions_.size() || here.pack >= packs_.size()) {
      throw Error(ErrorKind::corrupt, "an index segment's entries are not in order");
    }
  }
}

void IndexSegment::build_fence() {
  constexpr std::size_t kEntriesOfAPlace = 16;
  fence_bits_ = 0;
  while (count_ >> fence_bits_ > kEntriesOfAPlace) ++fence_bits_;
  fence_.assign((std::size_t{1} << fence_bits_) + 1, static_cast<std::uint32_t>(count_));
  for (std::size_t i = count_; i-- > 0;) {
    fence_[first_bits(stored_entry(i).data(), fence_bits_)] = static_cast<std::uint32_t>(i);
  }
  for (std::size_t at = fence_.size() - 1; at-- > 0;) {
    fence_[at] = std::min(fence_[at], fence_[at + 1]);
  }
}

IndexSegment::Entry IndexSegment::entry(std::size_t at) const {
  const std::uint8_t* stored = stored_entry(at).data();
  Entry entry;
  std::memcpy(entry.id.bytes.data(), stored, BlobId::kSize);
  entry.session = load<std::uint32_t>(stored + kEntrySessionAt);
  entry.place.counter = load<std::uint64_t>(stored + 36);
  entry.pack = load<std::uint32_t>(stored + kEntryPackAt);
  entry.place.offset = load<std::uint32_t>(stored + 48);
  entry.place.stored_bytes = load<std::uint32_t>(stored + 52);
  entry.place.plain_bytes = load<std::uint32_t>(stored + 56);
  set_kind_and_codec(entry.place, stored[60]);
  return entry;
}

std::optional<std::size_t> IndexSegment::place_of(const BlobId& id) const {
  if (fence_.empty()) return std::nullopt;  // nothing was ever decoded into this
  const std::size_t place = first_bits(id.bytes.data(), fence_bits_);
  std::size_t low = fence_[place];
  std::size_t high = fence_[place + 1];
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    const int order = std::memcmp(stored_entry(middle).data(), id.bytes.data(), BlobId::kSize);
    if (order == 0) return middle;
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return std::nullopt;
}

std::optional<BlobLocation> IndexSegment::find(const BlobId& id) const {
  const auto place = place_of(id);
  if (!place) return std::nullopt;
  const Entry found = entry(*place);
  const PackInfo& pack = packs_[found.pack];
  return BlobLocation{.session = sessions_[found.session],
                      .pack = pack.hash,
                      .pack_type = pack.type,
                      .generation = generation_,
                      .place = found.place};
}

std::uint32_t IndexSegmentBuilder::session_place(const SessionId& id) {
  const auto place = std::ranges::find(sessions_, id) - sessions_.begin();
  if (static_cast<std::size_t>(place) == sessions_.size()) sessions_.push_back(id);
  return static_cast<std::uint32_t>(place);
}

void IndexSegmentBuilder::add(const SessionId& session, const Pack& pack) {
  add(session, {pack.hash, static_cast<std::uint32_t>(pack.bytes.size()), pack.type}, pack.blobs);
}

void IndexSegmentBuilder::add(const SessionId& session, const IndexSegment::PackInfo& pack,
                              std::span<const PackedBlob> blobs) {
  const std::uint32_t session_at = session_place(session);
  const auto pack_at = static_cast<std::uint32_t>(packs_.size());
  packs_.push_back(pack);
  for (const PackedBlob& blob : blobs) {
    entries_.push_back({blob.id, session_at, pack_at, blob.place});
  }
}

void IndexSegmentBuilder::add(const IndexSegment& segment, const std::vector<bool>& chosen) {
  constexpr auto kNone = static_cast<std::uint32_t>(-1);
  std::vector<std::uint32_t> pack_places(segment.packs().size(), kNone);
  for (std::size_t i = 0; i < segment.size(); ++i) {
    if (!chosen[i]) continue;
    IndexSegment::Entry entry = segment.entry(i);
    std::uint32_t& pack_at = pack_places[entry.pack];
    if (pack_at == kNone) {
      pack_at = static_cast<std::uint32_t>(packs_.size());
      packs_.push_back(segment.packs()[entry.pack]);
    }
    entry.session = session_place(segment.sessions()[entry.session]);
    entry.pack = pack_at;
    entries_.push_back(entry);
  }
}

Bytes IndexSegmentBuilder::encode(const VaultId& vault, Generation generation, std::uint8_t level,
                                  const seal::SigningKey& writer, const IndexKeys& keys,
                                  const std::optional<FlushMark>& flush) {
  std::ranges::stable_sort(entries_, {}, &IndexSegment::Entry::id);
  const auto same = [](const IndexSegment::Entry& a, const IndexSegment::Entry& b) {
    return a.id == b.id;
  };
  entries_.erase(std::unique(entries_.begin(), entries_.end(), same), entries_.end());

  SegmentFrame frame(vault, generation, level, writer, keys,
                     segment_plain_bytes(sessions_.size(), packs_.size(), entries_.size()), flush);
  put_tables(frame, sessions_, static_cast<std::uint32_t>(packs_.size()),
             [this](const auto& put) { std::ranges::for_each(packs_, put); });
  frame.put(static_cast<std::uint32_t>(entries_.size()));
  for (const auto& entry : entries_) put_entry(frame, entry);
  return frame.finish();
}

std::size_t segment_plain_bytes(std::size_t sessions, std::size_t packs, std::size_t entries) {
  constexpr std::size_t kPackInfoBytes = ObjectHash::kSize + 4 + 1;
  return 3 * sizeof(std::uint32_t) + sessions * SessionId::kSize + packs * kPackInfoBytes +
         entries * kIndexEntryBytes;
}

void put_tables(
    SegmentFrame& frame, const std::vector<SessionId>& sessions, std::uint32_t pack_count,
    const std::function<void(const std::function<void(const IndexSegment::PackInfo&)>&)>&
        for_each_pack) {
  frame.put(static_cast<std::uint32_t>(sessions.size()));
  for (const SessionId& id : sessions) frame.put_bytes(id.view());
  frame.put(pack_count);
  for_each_pack([&](const IndexSegment::PackInfo& pack) {
    frame.put_bytes(pack.hash.view())
        .put(pack.stored_bytes)
        .put(static_cast<std::uint8_t>(pack.type));
  });
}

void Index::add(SegmentRef ref, IndexSegment segment) {
  segments_.push_back({ref, std::move(segment)});
}

std::optional<BlobLocation> Index::find(const BlobId& id) const {
  for (const Loaded& loaded : segments_) {
    if (auto location = loaded.segment.find(id)) return location;
  }
  return std::nullopt;
}

std::size_t Index::size() const noexcept {
  std::size_t total = 0;
  for (const Loaded& loaded : segments_) total += loaded.segment.size();
  return total;
}

}  // namespace lifeboat::vault
