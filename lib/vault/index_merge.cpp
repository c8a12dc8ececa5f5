#include "vault/index_merge.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <algorithm>
#include <cstring>
#include <deque>
#include <map>

#include "vault/index_frame.h"
#include "vault/segment_rewrite.h"

namespace lifeboat::vault {
namespace {

constexpr std::size_t kMergeFanOut = 8;

/// What a session of many threads has freed lies about in pieces; a merge takes up to 64 MiB more.
void give_free_memory_back() {
#ifdef __GLIBC__
  static_cast<void>(malloc_trim(0));
#endif
}

/// A segment on its way into a merged one: its next entry, and where its tables went.
struct Input {
  const IndexSegment* segment = nullptr;
  std::uint32_t first_pack = 0;
  std::vector<std::uint32_t> sessions;  // its places, in the merged table
  std::size_t at = 0;

  [[nodiscard]] bool ended() const { return at == segment->size(); }
  [[nodiscard]] const std::uint8_t* id() const { return segment->stored_entry(at).data(); }
};

int compare(const Input& a, const Input& b) { return std::memcmp(a.id(), b.id(), BlobId::kSize); }

std::vector<SessionId> merge_sessions(std::vector<Input>& inputs) {
  std::vector<SessionId> all;
  std::map<SessionId, std::uint32_t> places;
  for (Input& input : inputs) {
    for (const SessionId& id : input.segment->sessions()) {
      const auto [at, added] = places.try_emplace(id, static_cast<std::uint32_t>(all.size()));
      if (added) all.push_back(id);
      input.sessions.push_back(at->second);
    }
  }
  return all;
}

/// The input whose entry comes next, the first one of equals; null at the end.
Input* next_of(std::vector<Input>& inputs) {
  Input* least = nullptr;
  for (Input& input : inputs) {
    if (!input.ended() && (least == nullptr || compare(input, *least) < 0)) least = &input;
  }
  return least;
}

std::uint32_t merge_entries(std::vector<Input>& inputs, SegmentFrame& frame) {
  std::uint32_t count = 0;
  while (Input* next = next_of(inputs)) {
    frame.put_bytes(next->segment->stored_entry(next->at));
    const std::size_t end = frame.position();
    const auto entry = next->segment->entry(next->at);
    frame.overwrite(end - kIndexEntryBytes + kEntrySessionAt, next->sessions[entry.session]);
    frame.overwrite(end - kIndexEntryBytes + kEntryPackAt, entry.pack + next->first_pack);
    ++count;
    for (Input& input : inputs) {
      if (&input != next && !input.ended() && compare(input, *next) == 0) ++input.at;
    }
    ++next->at;
  }
  return count;
}

}  // namespace

Bytes merge_segments(std::span<const IndexSegment* const> segments, const VaultId& vault,
                     Generation generation, std::uint8_t level, const seal::SigningKey& writer,
                     const IndexKeys& keys) {
  std::vector<Input> inputs;
  std::uint32_t packs = 0;
  std::size_t most_entries = 0;
  for (const IndexSegment* segment : segments) {
    inputs.push_back({.segment = segment, .first_pack = packs, .sessions = {}});
    packs += static_cast<std::uint32_t>(segment->packs().size());
    most_entries += segment->size();
  }
  const std::vector<SessionId> sessions = merge_sessions(inputs);
  SegmentFrame frame(vault, generation, level, writer, keys,
                     segment_plain_bytes(sessions.size(), packs, most_entries));
  put_tables(frame, sessions, packs, [&](const auto& put) {
    for (const IndexSegment* segment : segments) std::ranges::for_each(segment->packs(), put);
  });
  const std::size_t count_at = frame.position();
  frame.put(std::uint32_t{0});
  frame.overwrite(count_at, merge_entries(inputs, frame));
  return frame.finish();
}

const IndexSegment* IndexMerge::loaded(const SegmentRef& ref) const {
  const auto at = std::ranges::find(base_.segments(), ref, &Index::Loaded::ref);
  return at == base_.segments().end() ? nullptr : &at->segment;
}

std::uint8_t IndexMerge::level_of(const SegmentRef& ref,
                                  const std::vector<SegmentRef>& fresh) const {
  if (std::ranges::find(fresh, ref) != fresh.end()) return 0;
  if (const IndexSegment* segment = loaded(ref)) return segment->level();
  return vault_.read_segment(ref, vault_.self_id()).level();
}

std::vector<SegmentRef> IndexMerge::merged(std::vector<SegmentRef> live,
                                           const std::vector<SegmentRef>& fresh) const {
  if (live.size() < kMergeFanOut) return live;
  std::vector<SegmentRef> result;
  std::map<std::uint8_t, std::vector<SegmentRef>> levels;
  for (const SegmentRef& ref : live) {
    // Another generation has other keys: what it left stays as it is.
    if (ref.generation != vault_.generation()) {
      result.push_back(ref);
    } else {
      levels[level_of(ref, fresh)].push_back(ref);
    }
  }
  for (auto at = levels.begin(); at != levels.end(); ++at) {
    auto& [level, refs] = *at;
    if (refs.size() < kMergeFanOut) continue;
    if (const auto one = merge(refs, level)) {
      refs.clear();
      levels[static_cast<std::uint8_t>(level + 1)].push_back(*one);
    }
  }
  for (const auto& [level, refs] : levels) result.insert(result.end(), refs.begin(), refs.end());
  return result;
}

std::optional<SegmentRef> IndexMerge::merge(const std::vector<SegmentRef>& of_one_level,
                                            std::uint8_t level) const {
  std::deque<IndexSegment> read;
  std::vector<const IndexSegment*> segments;
  std::size_t entries = 0;
  for (const SegmentRef& ref : of_one_level) {
    const IndexSegment* segment = loaded(ref);
    if (segment == nullptr) {
      segment = &read.emplace_back(vault_.read_segment(ref, vault_.self_id()));
    }
    segments.push_back(segment);
    entries += segment->size();
    if (entries > kMaxSegmentEntries) return std::nullopt;
  }
  give_free_memory_back();
  const auto keys = vault_.keyring().index_keys(vault_.generation(), vault_.self_id());
  const Bytes stored = merge_segments(segments, vault_.id(), vault_.generation(),
                                      static_cast<std::uint8_t>(level + 1),
                                      vault_.self().signing_key(), keys.value());
  return store_segment(vault_, vault_.generation(), stored);
}

}  // namespace lifeboat::vault
