#include "vault/snapshot_writer.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/error.h"
#include "base/units.h"
#include "seal/sha256.h"
#include "vault/object_names.h"

namespace lifeboat::vault {
namespace {

constexpr std::size_t kMergeFanOut = 8;
constexpr std::size_t kDocumentPieceBytes = kMiB;

const TrustedKey& own_key(const Vault& vault, const std::vector<std::string>& source_names) {
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
  return *self;
}

Index index_of(const Vault& vault, const std::optional<SnapshotRecord>& base) {
  if (!base) return {};
  return with_context("read the index of the last snapshot",
                      [&] { return vault.read_index(*base); });
}

void add_missing(std::vector<SegmentRef>& to, const std::vector<SegmentRef>& more) {
  for (const SegmentRef& ref : more) {
    if (std::ranges::find(to, ref) == to.end()) to.push_back(ref);
  }
}

}  // namespace

SnapshotWriter::SnapshotWriter(const Vault& vault, const Clock& clock,
                               const std::vector<std::string>& source_names, int lanes)
    : vault_(vault),
      clock_(clock),
      started_(clock.now()),
      base_(vault.head_snapshot(own_key(vault, source_names))),
      base_index_(index_of(vault, base_)),
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

  append_to_chain(vault_, ObjectType::snapshot,
                  [&](std::uint64_t seq, const std::optional<SnapshotRecord>& head,
                      const ObjectHash& previous) {
                    std::vector<SegmentRef> live = own;
                    if (head) add_missing(live, head->segments);
                    record.segments = merged(std::move(live));
                    record.link = {.generation = vault_.generation(),
                                   .vault = vault_.id(),
                                   .author = vault_.self_id(),
                                   .seq = seq,
                                   .previous = previous,
                                   .trust_number = vault_.trust().number,
                                   .trust_hash = vault_.trust().hash,
                                   .seen = {},
                                   .started = started_,
                                   .finished = clock_.now(),
                                   .id = {}};
                    return record.encode(signing_key, *record_key);
                  });
  return record;
}

std::vector<SegmentRef> SnapshotWriter::merged(std::vector<SegmentRef> live) const {
  if (live.size() < kMergeFanOut) return live;
  std::vector<SegmentRef> result;
  std::map<std::uint8_t, std::vector<SegmentRef>> levels;
  for (const SegmentRef& ref : live) {
    // Another generation has other keys: what it left stays as it is.
    if (ref.generation != vault_.generation()) {
      result.push_back(ref);
    } else {
      levels[vault_.read_segment(ref, vault_.self_id()).level()].push_back(ref);
    }
  }
  for (auto at = levels.begin(); at != levels.end(); ++at) {
    auto& [level, refs] = *at;
    if (refs.size() < kMergeFanOut) continue;
    if (const auto one = merge_one_level(refs, level)) {
      refs.clear();
      levels[static_cast<std::uint8_t>(level + 1)].push_back(*one);
    }
  }
  for (const auto& [level, refs] : levels) result.insert(result.end(), refs.begin(), refs.end());
  return result;
}

std::optional<SegmentRef> SnapshotWriter::merge_one_level(
    const std::vector<SegmentRef>& of_one_level, std::uint8_t level) const {
  IndexSegmentBuilder builder;
  for (const SegmentRef& ref : of_one_level) {
    builder.add(vault_.read_segment(ref, vault_.self_id()));
    if (builder.size() > kMaxSegmentEntries) return std::nullopt;
  }
  const auto keys = vault_.keyring().index_keys(vault_.generation(), vault_.self_id());
  const Bytes stored =
      builder.encode(vault_.id(), vault_.generation(), static_cast<std::uint8_t>(level + 1),
                     vault_.self().signing_key(), keys.value());
  const SegmentRef ref{.hash = {seal::sha256(stored)},
                       .generation = vault_.generation(),
                       .stored_bytes = static_cast<std::uint32_t>(stored.size())};
  static_cast<void>(vault_.store().put(names::index_segment(ref.generation, ref.hash), stored));
  return ref;
}

}  // namespace lifeboat::vault
