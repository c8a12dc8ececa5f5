#include "vault/flushes.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "seal/sha256.h"
#include "vault/object_names.h"

namespace lifeboat::vault {
namespace {

const std::string kStoredAgain = "what an interrupted run left is stored again: ";
constexpr std::size_t kMostEntries = std::size_t{1} << 20U;
/// A store's clock may have been set back since the head was written.
constexpr std::chrono::hours kClockTrouble{1};

struct Candidate {
  SegmentRef ref;
  Instant stored_at;
};

/// Segments that no head names and that may tell of a run after it, the youngest first.
std::vector<Candidate> candidates(const Vault& vault, const std::optional<SnapshotRecord>& head) {
  std::vector<Candidate> found;
  const std::string prefix = "g" + std::to_string(vault.generation()) + "/index/";
  vault.store().list(prefix, "", [&](const store::ObjectInfo& info) {
    if (head && info.stored_at < head->store_time - kClockTrouble) return true;
    const auto parsed = names::parse(info.key.name());
    if (!parsed || parsed->type != ObjectType::index_segment) return true;
    if (info.size_bytes > kMaxSegmentBytes) return true;
    const SegmentRef ref{.hash = parsed->hash,
                         .generation = parsed->generation,
                         .stored_bytes = static_cast<std::uint32_t>(info.size_bytes)};
    if (head && std::ranges::find(head->segments, ref) != head->segments.end()) return true;
    found.push_back({ref, info.stored_at});
    return true;
  });
  std::ranges::stable_sort(found, std::ranges::greater{}, &Candidate::stored_at);
  return found;
}

/// The readers that a session begun now would be sealed to.
bool has_todays_readers(const SessionHeader& header, const Trust& trust) {
  std::size_t readers = 0;
  for (const TrustedKey* reader : trust.with_role(Role::identity)) {
    if (reader->void_after) continue;
    ++readers;
    const auto& recipients = header.recipients;
    if (std::ranges::find(recipients, reader->id, &SessionHeader::Recipient::key) ==
        recipients.end()) {
      return false;
    }
  }
  return readers == header.recipients.size();
}

/// Throws corrupt or stale unless blobs of this session may stand in a snapshot taken now.
void require_own_session(const Vault& vault, const SessionRef& session) {
  const auto key = names::session(session.generation, session.id);
  const auto stored = vault.store().get(key, kMaxSessionBytes);
  if (!stored || ObjectHash{seal::sha256(*stored)} != session.header_hash) {
    throw Error(ErrorKind::corrupt, key.name() + " is not the header that it was written for");
  }
  const SessionHeader header = SessionHeader::decode(*stored);
  header.require_place(vault.id(), session.generation, session.id);
  header.require_writer(vault.self_id());
  if (!has_todays_readers(header, vault.trust())) {
    throw Error(ErrorKind::stale, "the vault's readers have changed since");
  }
}

std::uint64_t prefix_of(const BlobId& id) {
  std::uint64_t prefix = 0;
  std::memcpy(&prefix, id.bytes.data(), sizeof prefix);
  return prefix;
}

}  // namespace

Flushes::Flushes(const Vault& vault, const std::optional<SnapshotRecord>& head,
                 const Condemned& condemned)
    : vault_(vault) {
  if (condemned.everything) return;
  for (const Candidate& candidate : candidates(vault, head)) {
    if (condemned.contains(candidate.ref.hash)) continue;
    const auto key = names::index_segment(candidate.ref.generation, candidate.ref.hash);
    const auto front_bytes = vault.store().get_range(key, 0, kSegmentFrontBytes);
    const auto front = front_bytes ? read_flush_front(*front_bytes) : std::nullopt;
    if (!front || front->writer != vault.self_id()) continue;
    if (head && std::ranges::find(head->sessions, front->mark.session, &SessionRef::id) !=
                    head->sessions.end()) {
      continue;
    }
    try {
      load(candidate.ref, front->mark, condemned);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::corrupt && error.kind() != ErrorKind::stale) throw;
      warnings_.push_back(kStoredAgain + key.name() + ": " + error.message());
    }
    if (places_.size() >= kMostEntries) break;
  }
  std::ranges::sort(places_);
}

void Flushes::load(const SegmentRef& ref, const FlushMark& expected, const Condemned& condemned) {
  IndexSegment segment = vault_.read_segment(ref, vault_.self_id());
  const bool as_announced = segment.flush() && segment.flush()->session == expected.session &&
                            segment.flush()->header_hash == expected.header_hash;
  if (!as_announced || segment.generation() != ref.generation ||
      segment.sessions() != std::vector{expected.session}) {
    throw Error(ErrorKind::corrupt, "it is no flush of one session");
  }
  const SessionRef session{
      .generation = ref.generation, .id = expected.session, .header_hash = expected.header_hash};
  const bool known = std::ranges::any_of(flushes_, [&](const Flush& flush) {
    return flush.session.id == session.id && flush.session.header_hash == session.header_hash;
  });
  if (!known) require_own_session(vault_, session);

  const auto flush_at = static_cast<std::uint32_t>(flushes_.size());
  for (std::size_t i = 0; i < segment.size(); ++i) {
    places_.push_back({.id_prefix = prefix_of(segment.entry(i).id),
                       .flush = flush_at,
                       .entry = static_cast<std::uint32_t>(i)});
  }
  Flush flush{
      .session = session, .segment = std::move(segment), .packs = {}, .chosen = {}, .claimed = 0};
  for (const IndexSegment::PackInfo& pack : flush.segment.packs()) {
    flush.packs.push_back(condemned.contains(pack.hash) ? PackState::unusable : PackState::unknown);
  }
  flush.chosen.resize(flush.segment.size());
  flushes_.push_back(std::move(flush));
}

bool Flushes::claim(const BlobId& id) {
  const std::uint64_t prefix = prefix_of(id);
  const std::lock_guard lock(mutex_);
  auto at = std::ranges::lower_bound(places_, prefix, {}, &Place::id_prefix);
  for (; at != places_.end() && at->id_prefix == prefix; ++at) {
    Flush& flush = flushes_[at->flush];
    const IndexSegment::Entry entry = flush.segment.entry(at->entry);
    if (entry.id != id || !is_usable(flush, entry)) continue;
    if (!flush.chosen[at->entry]) {
      flush.chosen[at->entry] = true;
      ++flush.claimed;
      claimed_bytes_ += entry.place.stored_bytes;
    }
    return true;
  }
  return false;
}

bool Flushes::is_usable(Flush& flush, const IndexSegment::Entry& entry) {
  const IndexSegment::PackInfo& pack = flush.segment.packs()[entry.pack];
  PackState& state = flush.packs[entry.pack];
  const auto key = names::pack(pack.type, flush.segment.generation(), pack.hash);
  const auto distrust = [&](const char* why) {
    state = PackState::unusable;
    warnings_.push_back(kStoredAgain + key.name() + why);
  };
  if (state == PackState::unknown) {
    const auto info = vault_.store().find(key);
    state = PackState::there;
    if (!info) {
      distrust(" is gone");
    } else if (info->size_bytes != pack.stored_bytes) {
      distrust(" has another length");
    }
  }
  const std::uint64_t end = std::uint64_t{entry.place.offset} + entry.place.stored_bytes;
  if (state == PackState::there && end > pack.stored_bytes) distrust(" ends before its blobs do");
  return state == PackState::there;
}

std::vector<SessionRef> Flushes::sessions() const {
  const std::lock_guard lock(mutex_);
  std::vector<SessionRef> used;
  for (const Flush& flush : flushes_) {
    if (flush.claimed == 0) continue;
    if (std::ranges::find(used, flush.session.id, &SessionRef::id) == used.end()) {
      used.push_back(flush.session);
    }
  }
  return used;
}

std::uint64_t Flushes::claimed_bytes() const {
  const std::lock_guard lock(mutex_);
  return claimed_bytes_;
}

std::vector<std::string> Flushes::take_warnings() {
  const std::lock_guard lock(mutex_);
  return std::exchange(warnings_, {});
}

}  // namespace lifeboat::vault
