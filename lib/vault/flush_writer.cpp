#include "vault/flush_writer.h"

#include <algorithm>

#include "base/units.h"
#include "seal/sha256.h"
#include "vault/object_names.h"

namespace lifeboat::vault {
namespace {

constexpr std::uint64_t kFlushBytes = 64 * kMiB;
constexpr std::chrono::seconds kFlushInterval{60};

/// The ids of other kinds derive from the session's own key: no other session can ask for them.
bool other_sessions_can_name(const PackedBlob& blob) {
  return blob.place.kind == BlobKind::chunk || blob.place.kind == BlobKind::list;
}

}  // namespace

FlushWriter::FlushWriter(const Vault& vault, const IndexKeys& keys, const SessionRef& session,
                         const Clock& clock)
    : vault_(vault),
      clock_(clock),
      keys_(keys),
      next_{.session = session.id, .ordinal = 0, .header_hash = session.header_hash},
      flushed_at_(clock.now()) {}

bool FlushWriter::is_worth_keeping(const Pack& pack) {
  return std::ranges::any_of(pack.blobs, other_sessions_can_name);
}

void FlushWriter::stored(const Pack& pack) {
  pack_bytes_ += pack.bytes.size();
  std::vector<PackedBlob> usable;
  std::ranges::copy_if(pack.blobs, std::back_inserter(usable), other_sessions_can_name);
  if (usable.empty()) return;
  for (const PackedBlob& blob : usable) pending_bytes_ += blob.place.stored_bytes;
  pending_.add(next_.session,
               {.hash = pack.hash,
                .stored_bytes = static_cast<std::uint32_t>(pack.bytes.size()),
                .type = pack.type},
               usable);
}

bool FlushWriter::is_due() const {
  if (pending_.empty()) return false;
  return pack_bytes_ >= kFlushBytes || clock_.now() - flushed_at_ >= kFlushInterval;
}

std::uint64_t FlushWriter::flush() {
  if (pending_.empty()) return 0;
  const Bytes stored = pending_.encode(vault_.id(), vault_.generation(), 0,
                                       vault_.self().signing_key(), keys_, next_);
  const auto key = names::index_segment(vault_.generation(), {seal::sha256(stored)});
  static_cast<void>(vault_.store().put(key, stored));
  ++next_.ordinal;
  kept_bytes_ += pending_bytes_;
  pending_ = {};
  pack_bytes_ = 0;
  pending_bytes_ = 0;
  flushed_at_ = clock_.now();
  return stored.size();
}

}  // namespace lifeboat::vault
