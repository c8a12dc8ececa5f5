#include "vault/base_index.h"

#include <utility>

namespace lifeboat::vault {

std::vector<bool> condemned_packs(const IndexSegment& segment, const Condemned& condemned) {
  std::vector<bool> packs;
  packs.reserve(segment.packs().size());
  for (const IndexSegment::PackInfo& pack : segment.packs()) {
    packs.push_back(condemned.contains(pack.hash));
  }
  return packs;
}

BaseIndex::BaseIndex(Index index, const Condemned& condemned) : index_(std::move(index)) {
  for (const Index::Loaded& loaded : index_.segments()) {
    notes_.push_back({.hidden_packs = condemned_packs(loaded.segment, condemned),
                      .used = std::make_unique<std::atomic<bool>[]>(loaded.segment.size())});
  }
}

bool BaseIndex::claim(const BlobId& id) const {
  for (std::size_t i = 0; i < notes_.size(); ++i) {
    const IndexSegment& segment = index_.segments()[i].segment;
    const auto place = segment.place_of(id);
    if (!place || notes_[i].hidden_packs[segment.entry(*place).pack]) continue;
    notes_[i].used[*place].store(true, std::memory_order_relaxed);
    return true;
  }
  return false;
}

std::vector<std::uint32_t> BaseIndex::used_in(std::size_t segment,
                                              const Condemned& condemned) const {
  std::vector<std::uint32_t> places;
  const IndexSegment& of = index_.segments()[segment].segment;
  const std::vector<bool> packs = condemned_packs(of, condemned);
  for (std::size_t i = 0; i < of.size(); ++i) {
    const bool used = notes_[segment].used[i].load(std::memory_order_relaxed);
    if (used && packs[of.entry(i).pack]) places.push_back(static_cast<std::uint32_t>(i));
  }
  return places;
}

}  // namespace lifeboat::vault
