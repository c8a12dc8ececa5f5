#include "vault/snapshot_reader.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/units.h"
#include "vault/object_names.h"
#include "vault/stored_session.h"

namespace lifeboat::vault {
namespace {

constexpr std::uint64_t kReadAheadBytes = 4 * kMiB;
constexpr std::uint64_t kGapBytes = 256 * kKiB;

SnapshotRecord with_body(const Vault& vault, SnapshotRecord record) {
  vault.require_role(Role::identity, "reading a snapshot's data");
  if (!record.body) throw Error(ErrorKind::denied, "this identity does not open that snapshot");
  return record;
}

template <typename Keys>
Keys require_keys(std::optional<Keys> keys) {
  if (!keys) {
    throw Error(ErrorKind::denied, "this identity holds no key to the snapshot's generation");
  }
  return std::move(*keys);
}

}  // namespace

/// Reads a range's blobs in order, several of one pack by one request.
class RangeSource final : public stream::Source {
 public:
  RangeSource(const SnapshotReader& reader, std::vector<BlobRef> blobs, std::uint64_t plain_bytes)
      : reader_(reader), blobs_(std::move(blobs)), expected_bytes_(plain_bytes) {}

  std::size_t read(MutableByteView buffer) override {
    while (at_ == plain_.size()) {
      if (next_ == blobs_.size()) {
        if (total_bytes_ != expected_bytes_) {
          throw Error(ErrorKind::corrupt, "a range is shorter than its snapshot says");
        }
        return 0;
      }
      plain_ = open_next();
      at_ = 0;
      total_bytes_ += plain_.size();
    }
    const std::size_t count = std::min(buffer.size(), plain_.size() - at_);
    std::copy_n(plain_.begin() + static_cast<std::ptrdiff_t>(at_), count, buffer.begin());
    at_ += count;
    return count;
  }

 private:
  Bytes open_next() {
    const BlobRef& ref = blobs_[next_];
    const BlobLocation location = reader_.locate(ref.id);
    if (location.place.plain_bytes != ref.plain_bytes) {
      throw Error(ErrorKind::corrupt, "a list and the index disagree on a blob's length");
    }
    const std::uint64_t begin = location.place.offset;
    const std::uint64_t end = begin + location.place.stored_bytes;
    if (location.pack != pack_ || begin < window_at_ || end > window_at_ + window_.size()) {
      read_window(location);
    }
    ++next_;
    const ByteView stored =
        ByteView(window_).subspan(begin - window_at_, location.place.stored_bytes);
    return opener_.open(reader_.context_of(location), reader_.session_keys(location), reader_.keys_,
                        ref.id, location.place, stored);
  }

  /// Reads the blob at `first` and those that follow it closely in the same pack.
  void read_window(const BlobLocation& first) {
    const std::uint64_t begin = first.place.offset;
    std::uint64_t end = begin + first.place.stored_bytes;
    for (std::size_t i = next_ + 1; i < blobs_.size(); ++i) {
      const BlobLocation more = reader_.locate(blobs_[i].id);
      const std::uint64_t more_end = std::uint64_t{more.place.offset} + more.place.stored_bytes;
      if (more.pack != first.pack || more.place.offset < end ||
          more.place.offset > end + kGapBytes || more_end > begin + kReadAheadBytes) {
        break;
      }
      end = more_end;
    }
    const auto key = names::pack(first.pack_type, first.generation, first.pack);
    auto bytes = reader_.vault_.store().get_range(key, begin, end - begin);
    if (!bytes) {
      throw Error(ErrorKind::corrupt, key.name() + " is missing, but a snapshot needs it");
    }
    if (bytes->size() < first.place.stored_bytes) {
      throw Error(ErrorKind::corrupt, key.name() + " is truncated");
    }
    window_ = std::move(*bytes);
    window_at_ = begin;
    pack_ = first.pack;
  }

  const SnapshotReader& reader_;
  std::vector<BlobRef> blobs_;
  std::uint64_t expected_bytes_;
  std::size_t next_ = 0;
  std::uint64_t total_bytes_ = 0;
  Bytes plain_;
  std::size_t at_ = 0;
  ObjectHash pack_;
  Bytes window_;
  std::uint64_t window_at_ = 0;
  BlobOpener opener_;
};

SnapshotReader::SnapshotReader(const Vault& vault, SnapshotRecord record)
    : vault_(vault),
      record_(with_body(vault, std::move(record))),
      keys_(
          require_keys(vault.keyring().writer_keys(record_.link.generation, record_.link.author))),
      index_keys_(
          require_keys(vault.keyring().index_keys(record_.link.generation, record_.link.author))),
      index_(vault.read_index(record_)),
      streams_(
          read_stream_list(body().streams, [this](const BlobId& id) { return fetch_list(id); })) {}

const StreamEntry* SnapshotReader::find_stream(std::uint16_t source, StreamKind kind,
                                               const std::string& name) const {
  const auto at = std::ranges::find_if(streams_, [&](const StreamEntry& stream) {
    return stream.source == source && stream.kind == kind && stream.name == name;
  });
  return at == streams_.end() ? nullptr : &*at;
}

Bytes SnapshotReader::document(std::uint16_t source, const std::string& name) const {
  const StreamEntry* stream = find_stream(source, StreamKind::document, name);
  if (stream == nullptr) {
    throw Error(ErrorKind::corrupt, "the snapshot has no document " + name);
  }
  Bytes content;
  for (const BlobRef& blob :
       read_blob_list(stream->list, [this](const BlobId& id) { return fetch_list(id); })) {
    append(content, read_blob(blob.id));
  }
  if (content.size() != stream->plain_bytes) {
    throw Error(ErrorKind::corrupt, "document " + name + " has another length than it should");
  }
  return content;
}

std::vector<RangeEntry> SnapshotReader::ranges(const StreamEntry& stream) const {
  return read_range_list(stream.list, [this](const BlobId& id) { return fetch_list(id); });
}

RowSum SnapshotReader::facts(const RangeEntry& range) const {
  return RowSum::decode(read_blob(range.facts));
}

std::unique_ptr<stream::Source> SnapshotReader::open(const RangeEntry& range) const {
  return std::make_unique<RangeSource>(
      *this, read_blob_list(range.blobs, [this](const BlobId& id) { return fetch_list(id); }),
      range.plain_bytes);
}

void SnapshotReader::require_packs() const {
  std::set<ObjectHash> seen;
  std::map<ObjectHash, std::string> wrong;
  for (const Index::Loaded& loaded : index_.segments()) {
    for (const IndexSegment::PackInfo& pack : loaded.segment.packs()) {
      if (!seen.insert(pack.hash).second) continue;
      const auto key = names::pack(pack.type, loaded.ref.generation, pack.hash);
      const auto info = vault_.store().find(key);
      if (info && info->size_bytes == pack.stored_bytes) continue;
      wrong[pack.hash] = key.name() + (info ? " is truncated" : " is missing");
    }
  }
  // A sweep leaves entries of what no snapshot needs any more.
  if (!wrong.empty()) require_unneeded(wrong);
}

void SnapshotReader::require_unneeded(const std::map<ObjectHash, std::string>& wrong) const {
  const auto require = [&](const BlobId& id) {
    const auto at = wrong.find(locate(id).pack);
    if (at == wrong.end()) return;
    throw Error(ErrorKind::corrupt, at->second + ", but this snapshot needs it",
                "nothing was touched; `lifeboat vault check --packs` lists all damage, "
                "`lifeboat vault ls` older snapshots");
  };
  std::vector<BlobId> lists = {body().streams};
  while (!lists.empty()) {
    const BlobId list = lists.back();
    lists.pop_back();
    require(list);
    const ListContents contents = read_list_contents(fetch_list(list));
    lists.insert(lists.end(), contents.lists.begin(), contents.lists.end());
    std::ranges::for_each(contents.blobs, require);
  }
}

BlobLocation SnapshotReader::locate(const BlobId& id) const {
  if (auto location = index_.find(id)) return *location;
  throw Error(ErrorKind::corrupt,
              "no index segment of this snapshot knows blob " + id.hex().substr(0, 16));
}

const SessionKeys& SnapshotReader::session_keys(const BlobLocation& location) const {
  const std::lock_guard lock(sessions_mutex_);
  const auto at = sessions_.find(location.session);
  if (at != sessions_.end()) return at->second;
  const auto named = std::ranges::find(record_.sessions, location.session, &SessionRef::id);
  const OpenedSession opened = open_stored_session(
      vault_, location.generation, location.session,
      named == record_.sessions.end() ? std::nullopt : std::optional(named->header_hash));
  opened.plain.require_writer(record_.link.author);
  SessionKeys keys = SessionKeys::from(opened.key);
  return sessions_.emplace(location.session, std::move(keys)).first->second;
}

BlobContext SnapshotReader::context_of(const BlobLocation& location) const {
  return {.vault = vault_.id(),
          .generation = location.generation,
          .session = location.session,
          .writer = record_.link.author};
}

Bytes SnapshotReader::fetch(const BlobLocation& location) const {
  const auto key = names::pack(location.pack_type, location.generation, location.pack);
  auto stored = vault_.store().get_range(key, location.place.offset, location.place.stored_bytes);
  if (!stored) throw Error(ErrorKind::corrupt, key.name() + " is missing, but a snapshot needs it");
  return std::move(*stored);
}

Bytes SnapshotReader::fetch_list(const BlobId& id) const {
  const BlobLocation location = locate(id);
  return BlobOpener().open_list(context_of(location), index_keys_, id, location.place,
                                fetch(location));
}

Bytes SnapshotReader::read_blob(const BlobId& id) const {
  const BlobLocation location = locate(id);
  if (location.place.kind == BlobKind::list) return fetch_list(id);
  return BlobOpener().open(context_of(location), session_keys(location), keys_, id, location.place,
                           fetch(location));
}

}  // namespace lifeboat::vault
