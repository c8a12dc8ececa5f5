#include "vault/snapshot_writer.h"

#include <algorithm>
#include <tuple>

#include "base/error.h"
#include "base/units.h"
#include "vault/index_merge.h"
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
ChainEnd end_for(const Vault& vault, const std::vector<std::string>& source_names) {
  require_own_key(vault, source_names);
  return read_chain_end(vault, ObjectType::snapshot);
}

void add_missing(std::vector<SegmentRef>& to, const std::vector<SegmentRef>& more) {
  for (const SegmentRef& ref : more) {
    if (std::ranges::find(to, ref) == to.end()) to.push_back(ref);
  }
}

/// Of all branches: their chunks need not be stored again.
Index index_of(const Vault& vault, const ChainEnd& end) {
  std::vector<SegmentRef> all;
  for (const SnapshotRecord& one : end.behind) add_missing(all, one.segments);
  return with_context("read the index of the last snapshot", [&] {
    Index index;
    for (const SegmentRef& ref : all) index.add(ref, vault.read_segment(ref, vault.self_id()));
    return index;
  });
}

}  // namespace

SnapshotWriter::SnapshotWriter(const Vault& vault, const Clock& clock,
                               const std::vector<std::string>& source_names, int lanes)
    : vault_(vault),
      clock_(clock),
      started_(clock.now()),
      end_(end_for(vault, source_names)),
      base_(end_.behind.empty() ? std::nullopt : std::optional(end_.behind.front())),
      base_index_(index_of(vault, end_)),
      left_(vault, base_),
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

SnapshotRecord SnapshotWriter::commit(std::vector<SourceSummary> sources, bool complete,
                                      const std::vector<std::string>& tags) {
  std::ranges::sort(streams_, {}, [](const StreamEntry& stream) {
    return std::tuple(stream.source, stream.kind, stream.name);
  });
  const BlobId streams =
      write_stream_list(streams_, [this](ByteView list) { return session_.store_list(list); });
  const std::vector<SegmentRef> own = session_.finish();

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

  append_to_chain(vault_, ObjectType::snapshot, [&](const ChainEnd& end) {
    std::vector<SegmentRef> live = own;
    for (const SnapshotRecord& one : end.behind) add_missing(live, one.segments);
    record.segments = IndexMerge(vault_, base_index_).merged(std::move(live), own);
    record.link = link_behind(vault_, end, seen, started_, clock_.now());
    return record.encode(signing_key, *record_key);
  });
  return record;
}

}  // namespace lifeboat::vault
