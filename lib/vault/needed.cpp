#include "vault/needed.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "vault/blob.h"
#include "vault/blob_id_set.h"
#include "vault/list.h"
#include "vault/object_names.h"

namespace lifeboat::vault {
namespace {

ObjectRef ref_of(const SegmentRef& segment) {
  return {segment.generation, ObjectType::index_segment, segment.hash};
}

/// What a record and the tables of one of its segments say.
void take_record(const SnapshotRecord& snapshot, Needed& into) {
  for (const SessionRef& session : snapshot.sessions) {
    into.sessions.insert({session.generation, session.id});
  }
  for (const SegmentRef& segment : snapshot.segments) into.objects.insert(ref_of(segment));
}

void take_sessions(const IndexSegment& segment, Needed& into) {
  for (const SessionId& session : segment.sessions()) {
    into.sessions.insert({segment.generation(), session});
  }
}

std::map<KeyId, std::vector<const SnapshotRecord*>> by_writer(
    const std::vector<const SnapshotRecord*>& snapshots) {
  std::map<KeyId, std::vector<const SnapshotRecord*>> chains;
  for (const SnapshotRecord* snapshot : snapshots) {
    chains[snapshot->link.author].push_back(snapshot);
  }
  for (auto& [writer, chain] : chains) {
    std::ranges::sort(chain, {}, [](const SnapshotRecord* each) { return each->link.seq; });
  }
  return chains;
}

/// The snapshots of one writer. Ids are keyed by writer and generation, so no other writer's lists
/// lead to its packs.
class WriterWalk {
 public:
  WriterWalk(const Vault& vault, const KeyId& writer, Needed& needed)
      : vault_(vault), writer_(writer), needed_(needed) {}

  /// From the oldest to the newest: a segment stays in the live set without a break.
  void add(const SnapshotRecord& snapshot) {
    take_record(snapshot, needed_);
    load(snapshot);
    for (const SegmentRef& segment : snapshot.segments) segments_[segment.hash] = segment;
    if (!snapshot.body) {
      throw Error(ErrorKind::denied, "this credential does not open a record that is kept");
    }
    std::vector<BlobId> lists = {snapshot.body->streams};
    while (!lists.empty()) {
      const BlobId list = lists.back();
      lists.pop_back();
      if (!reached_.insert(list)) continue;
      const ListContents contents = read_list_contents(fetch(snapshot, list));
      lists.insert(lists.end(), contents.lists.begin(), contents.lists.end());
      for (const BlobId& blob : contents.blobs) reach(blob);
    }
  }

  /// Of two packs that hold the same needed blob, both: another snapshot may look into either.
  void take_packs() {
    loaded_.clear();
    for (const auto& [hash, ref] : segments_) {
      const IndexSegment segment = vault_.read_segment(ref, writer_);
      take_sessions(segment, needed_);
      std::vector<bool> packs(segment.packs().size());
      for (std::size_t i = 0; i < segment.size(); ++i) {
        const IndexSegment::Entry entry = segment.entry(i);
        if (!packs[entry.pack] && reached_.contains(entry.id)) packs[entry.pack] = true;
      }
      for (std::size_t i = 0; i < packs.size(); ++i) {
        const IndexSegment::PackInfo& pack = segment.packs()[i];
        if (packs[i]) needed_.objects.insert({segment.generation(), pack.type, pack.hash});
      }
    }
  }

 private:
  void load(const SnapshotRecord& snapshot) {
    std::erase_if(loaded_, [&](const auto& loaded) {
      return std::ranges::find(snapshot.segments, loaded.first, &SegmentRef::hash) ==
             snapshot.segments.end();
    });
    for (const SegmentRef& ref : snapshot.segments) {
      if (!loaded_.contains(ref.hash)) loaded_.emplace(ref.hash, vault_.read_segment(ref, writer_));
    }
  }

  [[nodiscard]] BlobLocation locate(const SnapshotRecord& snapshot, const BlobId& id) const {
    for (const SegmentRef& ref : snapshot.segments) {
      if (auto location = loaded_.at(ref.hash).find(id)) return *location;
    }
    throw Error(ErrorKind::corrupt, "no index segment knows list " + id.hex().substr(0, 16) +
                                        " of snapshot " + snapshot.id().hex().substr(0, 8));
  }

  [[nodiscard]] Bytes fetch(const SnapshotRecord& snapshot, const BlobId& id) {
    const BlobLocation at = locate(snapshot, id);
    const auto keys = vault_.keyring().index_keys(at.generation, writer_);
    if (!keys)
      throw Error(ErrorKind::denied, "this credential does not open the lists of a writer");
    const auto key = names::pack(at.pack_type, at.generation, at.pack);
    const auto stored = vault_.store().get_range(key, at.place.offset, at.place.stored_bytes);
    if (!stored)
      throw Error(ErrorKind::corrupt, key.name() + " is missing, but a snapshot needs it");
    return with_context(key.name(), [&] {
      return opener_.open_list({vault_.id(), at.generation, at.session, writer_}, *keys, id,
                               at.place, *stored);
    });
  }

  void reach(const BlobId& blob) { static_cast<void>(reached_.insert(blob)); }

  const Vault& vault_;
  KeyId writer_;
  Needed& needed_;
  BlobOpener opener_;
  BlobIdSet reached_;
  std::map<ObjectHash, IndexSegment> loaded_;  // of the snapshot that is walked
  std::map<ObjectHash, SegmentRef> segments_;  // of all of them
};

}  // namespace

Needed needed_by(const Vault& vault, const std::vector<const SnapshotRecord*>& snapshots,
                 Observer& observer, const std::stop_token& stop) {
  Needed needed;
  observer.phase("walk");
  for (const auto& [writer, chain] : by_writer(snapshots)) {
    WriterWalk walk(vault, writer, needed);
    for (const SnapshotRecord* snapshot : chain) {
      if (stop.stop_requested()) throw Error(ErrorKind::cancelled, "stopped before the end");
      walk.add(*snapshot);
    }
    walk.take_packs();
  }
  return needed;
}

Needed named_by(const Vault& vault, const std::vector<const SnapshotRecord*>& snapshots) {
  Needed named;
  for (const auto& [writer, chain] : by_writer(snapshots)) {
    std::map<ObjectHash, SegmentRef> segments;
    for (const SnapshotRecord* snapshot : chain) {
      take_record(*snapshot, named);
      for (const SegmentRef& segment : snapshot->segments) segments[segment.hash] = segment;
    }
    for (const auto& [hash, ref] : segments) {
      try {
        const IndexSegment segment = vault.read_segment(ref, writer);
        take_sessions(segment, named);
        for (const IndexSegment::PackInfo& pack : segment.packs()) {
          named.objects.insert({segment.generation(), pack.type, pack.hash});
        }
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::corrupt) throw;
      }
    }
  }
  return named;
}

}  // namespace lifeboat::vault
