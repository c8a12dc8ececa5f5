#include "vault/blob_check.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/wire.h"
#include "vault/object_header.h"
#include "vault/stored_session.h"

namespace lifeboat::vault {

BlobCheck::BlobCheck(const Vault& vault, const std::map<ObjectHash, Segment>& segments)
    : vault_(vault) {
  vault.require_role(Role::identity, "check --decrypt");
  count_entries(segments);
}

void BlobCheck::count_entries(const std::map<ObjectHash, Segment>& segments) {
  for (const auto& [hash, place] : segments) {
    IndexSegment segment = vault_.read_segment(place.ref, place.writer);
    for (std::size_t i = 0; i < segment.size(); ++i) {
      const IndexSegment::Entry entry = segment.entry(i);
      if (all_.find(entry.id)) continue;  // an id that two segments know counts once
      ++entries_of_[segment.packs()[entry.pack].hash];
    }
    all_.add(place.ref, std::move(segment));
  }
}

std::uint64_t BlobCheck::check(ByteView pack, const names::Parsed& name) {
  ByteView header;
  const BlobContext context = context_in_front(pack, name.type, header);
  if (context.generation != name.generation) {
    throw Error(ErrorKind::corrupt, "it is of another generation than its name says");
  }
  const auto index_keys = vault_.keyring().index_keys(context.generation, context.writer);
  if (!index_keys) throw Error(ErrorKind::corrupt, "its writer is unknown");
  require_same_header(context, header);
  const auto blobs = read_directory(pack, name.type, context, *index_keys);
  std::uint64_t indexed = 0;
  for (const PackedBlob& blob : blobs) {
    open(pack, context, *index_keys, blob);
    note_nonce(context.session, blob);
    const auto location = all_.find(blob.id);
    if (!location || location->pack != name.hash) continue;
    if (location->place != blob.place || location->session != context.session) {
      throw Error(ErrorKind::corrupt, "the index says another thing of a blob in it");
    }
    ++indexed;
  }
  const auto expected = entries_of_.find(name.hash);
  if (expected != entries_of_.end() && expected->second != indexed) {
    throw Error(ErrorKind::corrupt, "the index knows blobs that are not in it");
  }
  return blobs.size();
}

void BlobCheck::note_nonce(const SessionId& session, const PackedBlob& blob) {
  if (blob.place.kind == BlobKind::list) return;  // its nonce is random
  NonceUse use{.counter = blob.place.counter, .id_prefix = 0};
  std::memcpy(&use.id_prefix, blob.id.view().data(), sizeof use.id_prefix);
  nonces_[session].push_back(use);
}

std::vector<SessionId> BlobCheck::sessions_that_reused_nonces() {
  std::vector<SessionId> found;
  for (auto& [session, uses] : nonces_) {
    std::ranges::sort(uses);
    uses.erase(std::unique(uses.begin(), uses.end()), uses.end());
    const auto twice = std::ranges::adjacent_find(uses, {}, &NonceUse::counter);
    if (twice != uses.end()) found.push_back(session);
  }
  return found;
}

BlobContext BlobCheck::context_in_front(ByteView pack, ObjectType type, ByteView& in_front) const {
  WireReader reader(pack, "a pack");
  const Generation generation = read_object_header(reader, type, "a pack");
  const auto length = reader.get<std::uint32_t>();
  in_front = reader.get_bytes(length);
  const SessionHeader header = SessionHeader::decode(in_front);
  if (header.vault != vault_.id() || header.generation != generation) {
    throw Error(ErrorKind::corrupt, "it belongs to another vault or generation");
  }
  return {vault_.id(), generation, header.id, header.writer};
}

void BlobCheck::open(ByteView pack, const BlobContext& context, const IndexKeys& index_keys,
                     const PackedBlob& blob) {
  const std::uint64_t end = std::uint64_t{blob.place.offset} + blob.place.stored_bytes;
  if (end > pack.size()) throw Error(ErrorKind::corrupt, "its directory points behind its end");
  const ByteView stored = pack.subspan(blob.place.offset, blob.place.stored_bytes);
  if (blob.place.kind == BlobKind::list) {
    static_cast<void>(opener_.open_list(context, index_keys, blob.id, blob.place, stored));
    return;
  }
  const auto keys = vault_.keyring().writer_keys(context.generation, context.writer);
  static_cast<void>(
      opener_.open(context, session_keys(context), keys.value(), blob.id, blob.place, stored));
}

const Bytes& BlobCheck::stored_header(const BlobContext& context) {
  const auto at = headers_.find(context.session);
  if (at != headers_.end()) return at->second;
  const auto key = names::session(context.generation, context.session);
  auto stored = vault_.store().get(key, kMaxSessionBytes);
  if (!stored) throw Error(ErrorKind::corrupt, key.name() + " is missing");
  return headers_.emplace(context.session, std::move(*stored)).first->second;
}

void BlobCheck::require_same_header(const BlobContext& context, ByteView in_front) {
  if (std::ranges::equal(stored_header(context), in_front)) return;
  throw Error(ErrorKind::corrupt,
              "the session header in front of it is another than session " + context.session.hex());
}

const SessionKeys& BlobCheck::session_keys(const BlobContext& context) {
  const auto at = sessions_.find(context.session);
  if (at != sessions_.end()) return at->second;
  const OpenedSession opened = open_stored_session(vault_, context.generation, context.session);
  return sessions_.emplace(context.session, SessionKeys::from(opened.key)).first->second;
}

}  // namespace lifeboat::vault
