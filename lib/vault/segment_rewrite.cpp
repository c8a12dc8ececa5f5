#include "vault/segment_rewrite.h"

#include <algorithm>
#include <tuple>

#include "base/error.h"
#include "base/units.h"
#include "seal/sha256.h"
#include "vault/object_names.h"

namespace lifeboat::vault {
namespace {

constexpr std::uint64_t kMaxPackBytes = 64 * kMiB;
constexpr std::size_t kPackBytes = 16 * kMiB;
constexpr std::size_t kSegmentEntries = std::size_t{1} << 17U;
constexpr auto kNone = static_cast<std::uint32_t>(-1);

IndexKeys own_index_keys(const Vault& vault) {
  auto keys = vault.keyring().index_keys(vault.generation(), vault.self_id());
  if (!keys) throw Error(ErrorKind::denied, "trust seals no index key to this writer");
  return *keys;
}

[[noreturn]] void too_late(const std::string& what) {
  throw Error(ErrorKind::busy, what + ", and a pruner condemned it while this run used it",
              "run the same command again: what is missing is then stored anew");
}

/// The places that the kept ones of a table get: kNone for the others.
std::vector<std::uint32_t> new_places(const std::vector<bool>& kept) {
  std::vector<std::uint32_t> places;
  std::uint32_t next = 0;
  for (const bool keep : kept) places.push_back(keep ? next++ : kNone);
  return places;
}

/// A segment of the same level without the entries in these packs; nothing if none is left.
std::optional<Bytes> without_packs(const Vault& vault, const IndexSegment& segment,
                                   const std::vector<bool>& dropped) {
  std::vector<bool> sessions(segment.sessions().size());
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    const IndexSegment::Entry entry = segment.entry(i);
    if (dropped[entry.pack]) continue;
    sessions[entry.session] = true;
    ++count;
  }
  if (count == 0) return std::nullopt;
  std::vector<bool> packs = dropped;
  packs.flip();
  const auto session_places = new_places(sessions);
  const auto pack_places = new_places(packs);
  std::vector<SessionId> kept_sessions;
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    if (sessions[i]) kept_sessions.push_back(segment.sessions()[i]);
  }
  const auto pack_count = static_cast<std::uint32_t>(std::ranges::count(packs, true));
  const seal::SigningKey writer = vault.self().signing_key();
  const IndexKeys keys = own_index_keys(vault);
  SegmentFrame frame(vault.id(), segment.generation(), segment.level(), writer, keys,
                     segment_plain_bytes(kept_sessions.size(), pack_count, count));
  put_tables(frame, kept_sessions, pack_count, [&](const auto& put) {
    for (std::size_t i = 0; i < packs.size(); ++i) {
      if (packs[i]) put(segment.packs()[i]);
    }
  });
  frame.put(count);
  for (std::size_t i = 0; i < segment.size(); ++i) {
    const IndexSegment::Entry entry = segment.entry(i);
    if (dropped[entry.pack]) continue;
    frame.put_bytes(segment.stored_entry(i));
    const std::size_t at = frame.position() - kIndexEntryBytes;
    frame.overwrite(at + kEntrySessionAt, session_places[entry.session]);
    frame.overwrite(at + kEntryPackAt, pack_places[entry.pack]);
  }
  return frame.finish();
}

}  // namespace

SegmentRef store_segment(const Vault& vault, Generation generation, ByteView stored) {
  const SegmentRef ref{.hash = {seal::sha256(stored)},
                       .generation = generation,
                       .stored_bytes = static_cast<std::uint32_t>(stored.size())};
  // A name that is a hash of the bytes needs no comparison when it exists.
  static_cast<void>(vault.store().put(names::index_segment(generation, ref.hash), stored));
  return ref;
}

void Rescue::move(const IndexSegment& segment, std::vector<std::uint32_t> places) {
  const auto session_and_type = [&](std::uint32_t place) {
    const IndexSegment::Entry entry = segment.entry(place);
    return std::tuple(entry.session, segment.packs()[entry.pack].type);
  };
  std::ranges::sort(places, {}, [&](std::uint32_t place) {
    const IndexSegment::Entry entry = segment.entry(place);
    const auto& pack = segment.packs()[entry.pack];
    return std::tuple(entry.session, pack.type, entry.pack, entry.place.offset);
  });
  for (auto from = places.begin(); from != places.end();) {
    const auto to = std::find_if(from, places.end(), [&](std::uint32_t place) {
      return session_and_type(place) != session_and_type(*from);
    });
    move_from_session(segment, {from, to});
    from = to;
  }
}

/// A pack begins with the header of the session that its blobs were sealed in, and its directory is
/// bound to that session: so each session gets packs of its own.
void Rescue::move_from_session(const IndexSegment& segment,
                               const std::vector<std::uint32_t>& places) {
  const IndexSegment::Entry first = segment.entry(places.front());
  const SessionId session = segment.sessions()[first.session];
  const auto key = names::session(segment.generation(), session);
  const auto header = vault_.store().get(key, kMaxSessionBytes);
  if (!header) too_late(key.name() + " is gone");
  const BlobContext context{.vault = vault_.id(),
                            .generation = segment.generation(),
                            .session = session,
                            .writer = vault_.self_id()};
  const IndexKeys keys = own_index_keys(vault_);
  PackBuilder builder(segment.packs()[first.pack].type, context, *header);
  for (const std::uint32_t place : places) {
    const IndexSegment::Entry entry = segment.entry(place);
    const Bytes& pack = fetch(segment.packs()[entry.pack], segment.generation());
    const std::uint64_t end = std::uint64_t{entry.place.offset} + entry.place.stored_bytes;
    if (end > pack.size()) too_late("a pack ends before its blobs do");
    append(builder.tail(), ByteView(pack).subspan(entry.place.offset, entry.place.stored_bytes));
    builder.added(entry.id, entry.place);
    if (builder.size_bytes() >= kPackBytes) store(session, builder.finish(keys));
  }
  if (!builder.empty()) store(session, builder.finish(keys));
}

const Bytes& Rescue::fetch(const IndexSegment::PackInfo& pack, Generation generation) {
  if (fetched_ == pack.hash) return fetched_bytes_;
  const auto key = names::pack(pack.type, generation, pack.hash);
  auto stored = vault_.store().get(key, kMaxPackBytes);
  if (!stored) too_late(key.name() + " is gone");
  if (ObjectHash{seal::sha256(*stored)} != pack.hash) too_late(key.name() + " is damaged");
  fetched_ = pack.hash;
  fetched_bytes_ = std::move(*stored);
  return fetched_bytes_;
}

void Rescue::store(const SessionId& session, Pack pack) {
  const auto key = names::pack(pack.type, vault_.generation(), pack.hash);
  static_cast<void>(vault_.store().put(key, pack.bytes));
  stored_bytes_ += pack.bytes.size();
  index_.add(session, pack);
  if (index_.size() >= kSegmentEntries) store_index();
}

void Rescue::store_index() {
  const Bytes stored = index_.encode(vault_.id(), vault_.generation(), 0,
                                     vault_.self().signing_key(), own_index_keys(vault_));
  segments_.push_back(store_segment(vault_, vault_.generation(), stored));
  stored_bytes_ += stored.size();
  index_ = {};
}

std::vector<SegmentRef> Rescue::finish() {
  if (!index_.empty()) store_index();
  return segments_;
}

std::vector<SegmentRef> without_condemned(const Vault& vault, const BaseIndex& base,
                                          const std::vector<SegmentRef>& live,
                                          const Condemned& condemned) {
  if (condemned.empty()) return live;
  std::vector<SegmentRef> kept;
  if (condemned.everything) return kept;
  for (const SegmentRef& ref : live) {
    // Ids of another generation are asked for by nobody, and its keys sign nothing new.
    if (ref.generation != vault.generation()) continue;
    std::optional<IndexSegment> read;
    const auto& loaded = base.index().segments();
    const auto at = std::ranges::find(loaded, ref, &Index::Loaded::ref);
    if (at == loaded.end()) read = vault.read_segment(ref, vault.self_id());
    const IndexSegment& segment = read ? *read : at->segment;
    const std::vector<bool> dropped = condemned_packs(segment, condemned);
    if (!condemned.contains(ref.hash) && std::ranges::find(dropped, true) == dropped.end()) {
      kept.push_back(ref);
    } else if (const auto stored = without_packs(vault, segment, dropped)) {
      kept.push_back(store_segment(vault, segment.generation(), *stored));
    }
  }
  return kept;
}

}  // namespace lifeboat::vault
