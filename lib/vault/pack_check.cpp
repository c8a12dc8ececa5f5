#include "vault/pack_check.h"

#include <algorithm>

namespace lifeboat::vault {

PackRounds::PackRounds(std::vector<ListedPack> packs, CheckDepth depth, const PackChoice& choice,
                       PastChecks past)
    : packs_(std::move(packs)),
      depth_(depth),
      choice_(choice),
      past_(std::move(past)),
      end_(choice.max_time ? Steady::now() + *choice.max_time : Steady::time_point::max()) {
  const auto hash = [](const ListedPack& pack) { return pack.parsed.hash; };
  std::ranges::sort(packs_, {}, hash);
  if (!choice_.place) return;
  read_.place = choice_.place->name;
  read_.store_time = choice_.place->store_time;
  read_.depth = depth;
  read_.part = choice_.part;
  read_.parts = choice_.parts;
  read_.recheck_after = choice_.recheck_after;
  if (!choice_.recheck_after) return;
  read_.leaned_on = past_.records_since(read_.store_time - *choice_.recheck_after);
  // On from where the last one ended: whatever the time, each has its turn.
  if (const auto ended = past_.ended_at(depth)) {
    std::ranges::rotate(packs_, std::ranges::upper_bound(packs_, *ended, {}, hash));
  }
}

bool PackRounds::is_recent(const ListedPack& pack) const {
  if (!choice_.recheck_after || !choice_.place) return false;
  const auto last = past_.last_read(pack.parsed.hash, pack.stored_at, depth_);
  return last && *last >= choice_.place->store_time - *choice_.recheck_after;
}

const ListedPack* PackRounds::next() {
  for (; next_ < packs_.size(); ++next_) {
    const ListedPack& pack = packs_[next_];
    if (!is_of_part(pack.parsed.hash, choice_.part, choice_.parts)) {
      ++left_;
    } else if (is_recent(pack)) {
      ++recent_;
    } else if (Steady::now() >= end_) {
      ++left_;
    } else {
      return &packs_[next_++];
    }
  }
  return nullptr;
}

void PackRounds::note(std::uint64_t bytes, bool whole) {
  const ObjectHash& hash = packs_[next_ - 1].parsed.hash;
  if (read_.objects == 0) read_.from = hash;
  read_.through = hash;
  ++read_.objects;
  read_.bytes += bytes;
  if (!whole) read_.damaged.insert(hash);
}

std::optional<PacksRead> PackRounds::read() const {
  if (!choice_.place || read_.objects == 0) return std::nullopt;
  return read_;
}

PackRounds::Age PackRounds::age() const {
  PastChecks all = past_;
  if (const auto now = read()) all.add(*now);
  Age age;
  for (const ListedPack& pack : packs_) {
    const auto last = all.last_read(pack.parsed.hash, pack.stored_at, depth_);
    if (!last) {
      ++age.never;
    } else if (!age.oldest || *last < *age.oldest) {
      age.oldest = last;
    }
  }
  return age;
}

}  // namespace lifeboat::vault
