#include "vault/chain_end.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "seal/sha256.h"
#include "vault/object_names.h"
#include "vault/roll.h"

namespace lifeboat::vault {
namespace {

constexpr int kMaxLostRaces = 1000;

/// A record near the end of a chain.
struct Tip {
  Link link;
  std::optional<SnapshotRecord> snapshot;  // of a snapshot chain
};

Tip read_tip(const Vault& vault, ObjectType type, const TrustedKey& self, const LinkPlace& place) {
  const Bytes stored = vault.fetch_link(type, self.id, place);
  if (type != ObjectType::snapshot) {
    return {vault.decode_record(self, place, stored).link, std::nullopt};
  }
  SnapshotRecord record = vault.decode_snapshot(self, place, stored);
  return {record.link, std::move(record)};
}

/// The places from the newest down to the last fork in reach; of a chain without one, the newest.
std::vector<LinkPlace> end_places(const Vault& vault, ObjectType type, const TrustedKey& self) {
  if (const auto& cut = self.void_after) {
    if (cut->seq == 0) return {};
    return {vault.place_of(cut->seq, cut->hash)};
  }
  std::vector<LinkPlace> places;
  std::size_t needed = 0;
  vault.store().list(names::chain_prefix(type, self.id), "", [&](const store::ObjectInfo& info) {
    const auto parsed = vault.parse_name(info.key.name());
    if (!parsed || parsed->type != type) return true;
    if (!places.empty() && parsed->number + kForkReach <= places.front().seq) return false;
    const bool forks = !places.empty() && parsed->number == places.back().seq;
    places.emplace_back(parsed->number, parsed->mark);
    if (forks || needed == 0) needed = places.size();
    return parsed->mark.has_value();  // without it, a place has one name
  });
  places.erase(places.begin() + static_cast<std::ptrdiff_t>(needed), places.end());
  return places;
}

/// Those that no other of them names, the newest first.
std::vector<Tip> unnamed(std::vector<Tip> all) {
  std::set<ObjectHash> named;
  for (const Tip& tip : all) {
    named.insert(tip.link.previous);
    named.insert(tip.link.parents.begin(), tip.link.parents.end());
  }
  std::erase_if(all, [&](const Tip& tip) { return named.contains(tip.link.id); });
  std::ranges::stable_sort(all, [](const Tip& a, const Tip& b) {
    if (a.link.seq != b.link.seq) return a.link.seq > b.link.seq;
    return a.link.finished > b.link.finished;
  });
  return all;
}

}  // namespace

ChainEnd read_chain_end(const Vault& vault, ObjectType type) {
  const TrustedKey& self = *vault.trust().find(vault.self_id());
  std::vector<Tip> tips;
  for (const LinkPlace& place : end_places(vault, type, self)) {
    tips.push_back(read_tip(vault, type, self, place));
  }
  tips = unnamed(std::move(tips));
  ChainEnd end;
  for (Tip& tip : tips) {
    if (end.seq == 0) {
      end.seq = tip.link.seq;
      end.previous = tip.link.id;
    } else {
      end.parents.push_back(tip.link.id);
    }
    if (tip.snapshot) end.behind.push_back(std::move(*tip.snapshot));
  }
  return end;
}

std::uint64_t append_to_chain(const Vault& vault, ObjectType type,
                              const std::function<Bytes(const ChainEnd&)>& make) {
  for (int lost = 0; lost < kMaxLostRaces; ++lost) {
    const ChainEnd end = read_chain_end(vault, type);
    const Bytes stored = make(end);
    const LinkPlace place = vault.place_of(end.next_seq(), {seal::sha256(stored)});
    const auto key = names::link(type, vault.self_id(), place);
    // A retry after a lost answer meets its own bytes: that is success, not a race.
    if (vault.store().put(key, stored) == store::PutResult::created ||
        vault.store().get(key, kMaxRecordBytes) == stored) {
      store_missing_roll(vault, type, place.seq);
      return place.seq;
    }
  }
  throw Error(ErrorKind::busy, "the same credential is in use elsewhere, without a pause",
              "give each machine a writer credential of its own");
}

}  // namespace lifeboat::vault
