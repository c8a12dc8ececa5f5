#include "vault/snapshot_writer.h"

#include <algorithm>
#include <tuple>

#include "base/error.h"
#include "base/units.h"
#include "store/store_time.h"
#include "vault/index_merge.h"
#include "vault/segment_rewrite.h"
#include "vault/witness.h"

namespace lifeboat::vault {
namespace {

constexpr std::size_t kDocumentPieceBytes = kMiB;

void require_own_key(const Vault& vault, const std::vector<std::string>& source_names) {
  vault.require_role(Role::writer, "taking a snapshot");
  const TrustedKey* self = vault.trust().find(vault.self_id());
  if (self->void_after) {
    throw Error(ErrorKind::denied, "this writer's credential was revoked",
                "take the credential that replaced it");
  }
  for (const std::string& name : source_names) {
    if (self->may_write(name)) continue;
    throw Error(ErrorKind::denied, "this writer's credential is not for source " + name,
                "name the source as it was named when the credential was made (--source), or take "
                "another writer's credential");
  }
}

/// What the chain's end shows to this writer.
std::vector<SnapshotRecord> ends_for(const Vault& vault,
                                     const std::vector<std::string>& source_names) {
  require_own_key(vault, source_names);
  return read_chain_end(vault, ObjectType::snapshot).behind;
}

/// Of every branch the newest record that may be built upon.
std::vector<SnapshotRecord> sound_of(const Vault& vault, const Fence& fence,
                                     const std::vector<SnapshotRecord>& ends) {
  std::vector<SnapshotRecord> sound;
  for (const SnapshotRecord& end : ends) {
    if (auto one = newest_sound(vault, fence, end)) sound.push_back(std::move(*one));
  }
  return sound;
}

/// The marks that each of them knows.
KnownMarks known_to_all(const std::vector<SnapshotRecord>& records) {
  if (records.empty()) return {};
  KnownMarks known = records.front().known_marks;
  for (const SnapshotRecord& record : records) {
    for (auto& [generation, number] : known) {
      const auto at = record.known_marks.find(generation);
      number = std::min(number, at == record.known_marks.end() ? 0U : at->second);
    }
  }
  std::erase_if(known, [](const auto& mark) { return mark.second == 0; });
  return known;
}

void add_missing(std::vector<SegmentRef>& to, const std::vector<SegmentRef>& more) {
  for (const SegmentRef& ref : more) {
    if (std::ranges::find(to, ref) == to.end()) to.push_back(ref);
  }
}

/// Lets go of ends that may not be built upon; returns the index of those that may, all branches.
BaseIndex index_of(const Vault& vault, const Fence& fence, std::vector<SnapshotRecord>& ends) {
  ends = sound_of(vault, fence, ends);
  const Condemned condemned = fence.since(known_to_all(ends));
  if (condemned.everything) ends.clear();
  if (ends.empty()) return {};
  std::vector<SegmentRef> all;
  for (const SnapshotRecord& one : ends) add_missing(all, one.segments);
  return with_context("read the index of the last snapshot", [&] {
    Index index;
    for (const SegmentRef& ref : all) index.add(ref, vault.read_segment(ref, vault.self_id()));
    return BaseIndex(std::move(index), condemned);
  });
}

}  // namespace

SnapshotWriter::SnapshotWriter(const Vault& vault, const Clock& clock,
                               const std::vector<std::string>& source_names, int lanes)
    : vault_(vault),
      clock_(clock),
      started_(clock.now()),
      ends_(ends_for(vault, source_names)),
      fence_(vault, known_to_all(ends_)),
      base_index_(index_of(vault, fence_, ends_)),
      base_(ends_.empty() ? std::nullopt : std::optional(ends_.front())),
      left_(vault, base_, fence_.since(known_to_all(ends_))),
      session_(vault, base_index_, left_, clock, lanes) {}

unsigned SnapshotWriter::base_average_log2(const std::string& source_name) const {
  if (!base_ || !base_->body) return 0;
  const auto at = std::ranges::find(base_->body->sources, source_name, &SourceSummary::name);
  return at == base_->body->sources.end() ? 0 : at->average_log2;
}

void SnapshotWriter::add_stream(std::uint16_t source, StreamKind kind, const std::string& name,
                                const std::vector<RangeEntry>& ranges) {
  std::uint64_t plain_bytes = 0;
  for (const RangeEntry& range : ranges) plain_bytes += range.plain_bytes;
  const StoreList store = [this](ByteView list) { return session_.store_list(list); };
  streams_.push_back({.source = source,
                      .kind = kind,
                      .name = name,
                      .list = write_range_list(ranges, store),
                      .plain_bytes = plain_bytes});
}

void SnapshotWriter::add_document(std::uint16_t source, const std::string& name, ByteView content) {
  std::vector<BlobRef> blobs;
  for (ByteView rest = content; !rest.empty();) {
    const ByteView piece = rest.first(std::min(rest.size(), kDocumentPieceBytes));
    blobs.push_back({session_.store_private(BlobKind::document, piece),
                     static_cast<std::uint32_t>(piece.size())});
    rest = rest.subspan(piece.size());
  }
  const StoreList store = [this](ByteView list) { return session_.store_list(list); };
  streams_.push_back({.source = source,
                      .kind = StreamKind::document,
                      .name = name,
                      .list = write_blob_list(blobs, store),
                      .plain_bytes = content.size()});
}

std::vector<SegmentRef> SnapshotWriter::rescued(std::vector<SegmentRef> own) {
  const Condemned condemned = fence_.look_again();
  if (condemned.everything) {
    throw Error(ErrorKind::busy, "a mark that came while this run was under way cannot be read",
                "run the same command again; `lifeboat vault check` tells of the mark");
  }
  if (condemned.empty()) return own;
  Rescue rescue(vault_);
  const auto& segments = base_index_.index().segments();
  for (std::size_t i = 0; i < segments.size(); ++i) {
    rescue.move(segments[i].segment, base_index_.used_in(i, condemned));
  }
  for (const SegmentRef& ref : own) {
    const IndexSegment segment = vault_.read_segment(ref, vault_.self_id());
    const std::vector<bool> packs = condemned_packs(segment, condemned);
    std::vector<std::uint32_t> places;
    for (std::size_t i = 0; i < segment.size(); ++i) {
      if (packs[segment.entry(i).pack]) places.push_back(static_cast<std::uint32_t>(i));
    }
    rescue.move(segment, std::move(places));
  }
  std::vector<SegmentRef> all = rescue.finish();
  rescued_bytes_ += rescue.stored_bytes();
  add_missing(all, without_condemned(vault_, base_index_, own, condemned));
  return all;
}

std::vector<SegmentRef> SnapshotWriter::taken_over(const std::vector<SnapshotRecord>& ends) {
  std::vector<SnapshotRecord> sound = sound_of(vault_, fence_, ends);
  if (fence_.since(known_to_all(sound)).everything) sound = ends_;
  std::vector<SegmentRef> all;
  for (const SnapshotRecord& record : sound) {
    add_missing(all, without_condemned(vault_, base_index_, record.segments,
                                       fence_.since(record.known_marks)));
  }
  return all;
}

void SnapshotWriter::require_young() const {
  const std::chrono::seconds allowed = vault_.trust().max_run;
  // Within half of it no clock can be so wrong that the store has to be asked.
  if (clock_.now() - started_ <= allowed / 2) return;
  if (store::read_store_time(vault_.store()) - session_.store_time() <= allowed) return;
  throw Error(
      ErrorKind::busy,
      "this run took longer than a run may take in this vault (" + human_duration(allowed) + ")",
      "run the same command again: it goes on from what is stored");
}

void SnapshotWriter::require_not_passed_over(const SnapshotRecord& record, Instant looked) {
  // No mark is swept sooner than that.
  if (clock_.now() - looked <= vault_.trust().max_run) return;
  static_cast<void>(fence_.look_again());
  if (knows(record.known_marks, fence_.newest())) return;
  if (!read_sweeps(vault_).missed_a_mark(record.link.author, record.link.seq, record.known_marks)) {
    return;
  }
  throw Error(ErrorKind::busy,
              "this run stood still for so long before its record that a sweep passed it over: "
              "snapshot " +
                  record.id().hex().substr(0, 8) + " is void",
              "run the same command again");
}

SnapshotRecord SnapshotWriter::commit(std::vector<SourceSummary> sources, bool complete,
                                      const std::vector<std::string>& tags) {
  std::ranges::sort(streams_, {}, [](const StreamEntry& stream) {
    return std::tuple(stream.source, stream.kind, stream.name);
  });
  const BlobId streams =
      write_stream_list(streams_, [this](ByteView list) { return session_.store_list(list); });
  std::vector<SegmentRef> own = session_.finish();

  SnapshotRecord record;
  record.sessions = session_.sessions();
  record.complete = complete;
  record.store_time = session_.store_time();
  if (base_) record.base = base_->id();
  record.body = SnapshotBody{.sources = std::move(sources),
                             .streams = streams,
                             .stored_bytes = session_.stored_bytes(),
                             .tags = tags,
                             .note = {},
                             .reason = {},
                             .program = std::string("lifeboat ") + LIFEBOAT_VERSION};
  const auto record_key = vault_.keyring().record_key(vault_.generation(), vault_.self_id());
  if (!record_key) throw Error(ErrorKind::denied, "trust seals no record key to this writer");
  const seal::SigningKey signing_key = vault_.self().signing_key();

  const std::vector<SeenHead> seen = read_other_heads(vault_, ObjectType::snapshot);

  Instant looked;
  append_to_chain(vault_, ObjectType::snapshot, [&](const ChainEnd& end) {
    looked = clock_.now();
    own = rescued(std::move(own));
    std::vector<SegmentRef> live = own;
    add_missing(live, taken_over(end.behind));
    record.segments = IndexMerge(vault_, base_index_.index()).merged(std::move(live), own);
    record.known_marks = fence_.newest();
    record.body->stored_bytes = session_.stored_bytes() + rescued_bytes_;
    require_young();
    record.link = link_behind(vault_, end, seen, started_, clock_.now());
    return record.encode(signing_key, *record_key);
  });
  require_not_passed_over(record, looked);
  return record;
}

}  // namespace lifeboat::vault
