#include "vault/history.h"

#include <algorithm>
#include <set>

#include "vault/lineage.h"
#include "vault/object_names.h"
#include "vault/pins_and_forgets.h"
#include "vault/witness.h"

namespace lifeboat::vault {
namespace {

constexpr std::size_t kShortDigits = 8;

/// What is wrong if a record's author knew a trust record that the store does not show; else "".
std::string withheld_trust(const Vault& vault, const Link& link) {
  const Trust& trust = vault.trust();
  const bool other = link.trust_number == trust.number && link.trust_hash != trust.hash;
  if (link.trust_number <= trust.number && !other) return "";
  return "it was written under " + std::string(other ? "another " : "") + "trust record " +
         std::to_string(link.trust_number) + ", the newest that the store shows is " +
         (other ? "not that one" : "number " + std::to_string(trust.number));
}

/// The chains of one type, and how they are read.
class Chains {
 public:
  Chains(const Vault& vault, ObjectType type, RollUse use, History& history, SeenHeads& seen)
      : vault_(vault),
        type_(type),
        use_(use),
        swept_(history.swept),
        problems_(history.problems),
        void_records_(history.void_records),
        seen_(seen),
        listings_(list_chains(vault, type)) {}

  /// Walks one chain from its newest valid place to its first. `decode` returns a record's Link.
  template <typename Decode>
  void walk(const TrustedKey& author, Decode&& decode) {
    const ChainListing& listing = listings_[author.id];
    seen_.note_listed(type_, author.id, listing.head);
    ChainReader reader(vault_, type_, author.id, listing, use_);
    Lineage lineage;
    for (std::uint64_t seq = valid_head(author, listing); seq > 0; --seq) {
      if (const Tombstone* stone = tombstone(author.id, seq)) {
        take_instead(*stone, lineage);
        lineage.step();
        continue;
      }
      const std::vector<LinkPlace> places = valid_at(author, listing, seq);
      if (places.empty()) {
        seq = tell_gap(author.id, seq, listing);
        lineage.lose();
      }
      for (const LinkPlace& place : places) {
        meet(author, place, places.size() - 1, reader, lineage, decode);
      }
      lineage.step();
    }
    tell_missing(author, lineage);
    for (RollProblem& roll : reader.take_problems()) {
      problems_.push_back({roll.kind, std::move(roll.object), std::move(roll.what)});
    }
  }

  /// Chains that no walk reads, because nobody may write them.
  void find_void_chains() {
    for (const auto& [author, listing] : listings_) {
      if (listing.first_name.empty()) continue;
      const TrustedKey* key = vault_.trust().find(author);
      if (key == nullptr) {
        problems_.push_back(
            {ErrorKind::corrupt, listing.first_name, "its author is not listed in trust"});
      } else if (!has_chain(key->role, type_)) {
        problems_.push_back({ErrorKind::corrupt, listing.first_name,
                             "it is void: its author, the " + std::string(name_of(key->role)) +
                                 ", may write no such record"});
      }
    }
  }

 private:
  template <typename Decode>
  void meet(const TrustedKey& author, const LinkPlace& place, std::size_t beside,
            ChainReader& reader, Lineage& lineage, Decode&& decode) {
    const std::string name = names::link(type_, author.id, place).name();
    try {
      const Link link = decode(place, reader.stored(place, lineage.expected(place)));
      if (const std::string withheld = withheld_trust(vault_, link); !withheld.empty()) {
        problems_.push_back({ErrorKind::stale, name, withheld});
      }
      if (const auto objection = lineage.meet(link, beside)) {
        problems_.push_back({ErrorKind::stale, name, objection->what, objection->fork});
      }
      seen_.note(type_, link, name);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::corrupt && error.kind() != ErrorKind::stale) throw;
      problems_.push_back({error.kind(), name, error.message()});
      lineage.lose();
    }
  }

  /// Of a revoked author's last place the record that trust names alone: the others are void.
  std::vector<LinkPlace> valid_at(const TrustedKey& author, const ChainListing& listing,
                                  std::uint64_t seq) {
    std::vector<LinkPlace> places = listing.at(seq);
    if (!vault_.has_hashed_names() || !author.void_after || author.void_after->seq != seq) {
      return places;
    }
    const NameMark last = mark_of(author.void_after->hash);
    std::erase_if(places, [&](const LinkPlace& place) {
      if (place.mark == last) return false;
      seen_.note_void(type_, author.id, place);
      return true;
    });
    return places;
  }

  void tell_missing(const TrustedKey& author, const Lineage& lineage) {
    for (const ObjectHash& parent : lineage.missing()) {
      problems_.push_back({ErrorKind::stale, names::chain_prefix(type_, author.id),
                           "a record of this chain names record " + short_id(parent) +
                               " of another branch, which is missing"});
    }
  }

  /// Of a revoked author the cut-off, whether or not the store shows it.
  std::uint64_t valid_head(const TrustedKey& author, const ChainListing& listing) {
    if (!author.void_after) return listing.head;
    const std::uint64_t cut = author.void_after->seq;
    std::uint64_t records = 0;
    for (auto at = listing.seqs.lower_bound(cut); at != listing.seqs.end(); ++at) {
      records += listing.at(*at).size();
    }
    records -= std::min<std::uint64_t>(records, valid_at(author, listing, cut).size());
    if (records > 0) void_records_.push_back({author.id, author.name, author.role, records});
    return cut;
  }

  [[nodiscard]] const Tombstone* tombstone(const KeyId& author, std::uint64_t seq) const {
    return type_ == ObjectType::snapshot ? swept_.tombstone(author, seq) : nullptr;
  }

  /// Takes a tombstone for the record that it stands for.
  void take_instead(const Tombstone& stone, Lineage& lineage) {
    const std::string name =
        names::link(type_, stone.author, vault_.place_of(stone.seq, stone.id)).name();
    Link link;
    link.author = stone.author;
    link.seq = stone.seq;
    link.id = stone.id;
    link.previous = stone.previous;
    if (const auto objection = lineage.meet(link, 0)) {
      problems_.push_back({ErrorKind::stale, name, "a sweep removed it, but " + objection->what});
    }
    seen_.note(type_, link, name);
  }

  /// Returns the oldest missing seq of the gap that `newest` is the newest of.
  std::uint64_t tell_gap(const KeyId& author, std::uint64_t newest, const ChainListing& listing) {
    const std::string name = names::link(type_, author, newest).name();
    const auto above = listing.seqs.lower_bound(newest);
    std::uint64_t below = above == listing.seqs.begin() ? 0 : *std::prev(above);
    if (type_ == ObjectType::snapshot) {
      below = std::max(below, swept_.tombstone_below(author, newest));
    }
    std::string what = name + " is missing";
    if (newest - below > 1) what += ", and " + std::to_string(newest - below - 1) + " before it";
    problems_.push_back({ErrorKind::stale, name, what});
    return below + 1;
  }

  const Vault& vault_;
  ObjectType type_;
  RollUse use_;
  const Swept& swept_;
  std::vector<Problem>& problems_;
  std::vector<VoidRecords>& void_records_;
  SeenHeads& seen_;
  std::map<KeyId, ChainListing> listings_;
};

SnapshotRecord with_trust_shown(const Vault& vault, SnapshotRecord snapshot) {
  const std::string withheld = withheld_trust(vault, snapshot.link);
  if (withheld.empty()) return snapshot;
  throw Error(ErrorKind::stale, "snapshot " + short_id(snapshot.id()) + ": " + withheld,
              "run it again if keys were changed just now; otherwise the vault was rolled back");
}

bool newer(const Link& a, const Link& b) {
  return a.finished != b.finished ? a.finished > b.finished : a.seq > b.seq;
}

[[noreturn]] void none_yet(const Vault& vault) {
  throw Error(ErrorKind::not_found,
              "the vault at " + vault.store().describe() + " holds no snapshot yet",
              "take one: lifeboat snapshot --postgres env:DATABASE_URL");
}

SnapshotRecord newest_snapshot(const Vault& vault) {
  std::optional<SnapshotRecord> newest;
  for (const TrustedKey* writer : vault.trust().with_role(Role::writer)) {
    auto head = vault.head_snapshot(*writer);
    if (head && (!newest || newer(head->link, newest->link))) newest = std::move(head);
  }
  if (!newest) none_yet(vault);
  return std::move(*newest);
}

const SnapshotRecord& find_by_id(const Vault& vault, const History& history,
                                 const std::string& digits) {
  std::vector<const SnapshotRecord*> fits;
  for (const SnapshotRecord& snapshot : history.snapshots) {
    if (snapshot.id().hex().starts_with(digits)) fits.push_back(&snapshot);
  }
  if (fits.empty()) {
    throw Error(ErrorKind::not_found, "no snapshot " + digits + " in " + vault.store().describe(),
                history.problems.empty()
                    ? "`lifeboat vault ls` shows what there is"
                    : "part of the history is damaged or hidden: see `lifeboat vault check`");
  }
  if (fits.size() > 1) {
    throw Error(ErrorKind::usage,
                digits + " fits " + std::to_string(fits.size()) + " snapshots: " +
                    fits[0]->id().hex().substr(0, 16) + " and " + fits[1]->id().hex().substr(0, 16),
                "give more digits of the one you mean");
  }
  return *fits.front();
}

/// The sources of a snapshot that a proof is due on; of a sealed record those that were tried.
std::vector<std::string> data_sources(const SnapshotRecord& snapshot,
                                      const std::vector<const Attestation*>& its_attestations) {
  std::vector<std::string> names;
  if (snapshot.body) {
    for (const SourceSummary& source : snapshot.body->sources) {
      if (source.holds_data()) names.push_back(source.name);
    }
    return names;
  }
  std::set<std::string> tried;
  for (const Attestation* attestation : its_attestations) {
    for (const SourceVerdict& source : attestation->sources) tried.insert(source.name);
  }
  return {tried.begin(), tried.end()};
}

}  // namespace

const Attestation* History::newest_on(const SnapshotId& id, std::string_view source) const {
  const auto at = std::ranges::find_if(attestations, [&](const Attestation& attestation) {
    return attestation.snapshot == id && attestation.verdict_on(source);
  });
  return at == attestations.end() ? nullptr : &*at;
}

Proofs History::proofs_of(const SnapshotRecord& snapshot) const {
  std::vector<const Attestation*> its;  // newest first
  for (const Attestation& attestation : attestations) {
    if (attestation.snapshot == snapshot.id()) its.push_back(&attestation);
  }
  Proofs proofs;
  if (its.empty()) {
    proofs.unproven = data_sources(snapshot, its);
    return proofs;
  }
  proofs.newest = its.front();
  bool failed = false;
  bool ever = true;
  for (const std::string& name : data_sources(snapshot, its)) {
    const auto newest = std::ranges::find_if(
        its, [&](const Attestation* each) { return each->verdict_on(name).has_value(); });
    const bool tried = newest != its.end();
    const bool is_proven = tried && (*newest)->verdict_on(name) == Verdict::proven;
    failed = failed || (tried && !is_proven);
    if (!is_proven) proofs.unproven.push_back(name);
    const auto proof = std::ranges::find_if(
        its, [&](const Attestation* each) { return each->verdict_on(name) == Verdict::proven; });
    ever = ever && proof != its.end();
    if (!ever) continue;
    const Instant at = (*proof)->link.finished;
    proofs.proven_at = std::max(proofs.proven_at.value_or(at), at);
  }
  if (!ever) proofs.proven_at.reset();
  if (failed) {
    proofs.verdict = Verdict::not_proven;
  } else if (proofs.unproven.empty()) {
    proofs.verdict = Verdict::proven;
  }
  return proofs;
}

namespace {

/// Records that are no snapshots go before: what a sweep removed is known before it is missed.
void read_records(const Vault& vault, Chains& records, History& history) {
  std::vector<Sweep> sweeps;
  for (const TrustedKey& author : vault.trust().keys) {
    if (!has_chain(author.role, ObjectType::record)) continue;
    records.walk(author, [&](const LinkPlace& place, const Bytes& stored) {
      OtherRecord record = vault.decode_record(author, place, stored);
      const Link link = record.link;
      if (record.sweep) sweeps.push_back(*record.sweep);
      if (record.attestation) {
        history.attestations.push_back(std::move(*record.attestation));
      } else if (record.kind) {
        history.others.push_back(std::move(record));
      }
      return link;
    });
  }
  history.swept = Swept(std::move(sweeps));
}

void read_snapshots(const Vault& vault, Chains& snapshots, History& history) {
  for (const TrustedKey* writer : vault.trust().with_role(Role::writer)) {
    snapshots.walk(*writer, [&](const LinkPlace& place, const Bytes& stored) {
      SnapshotRecord snapshot = vault.decode_snapshot(*writer, place, stored);
      const Link link = snapshot.link;
      if (history.swept.missed_a_mark(writer->id, place.seq, snapshot.known_marks)) {
        history.missed_marks.push_back({writer->id, writer->name, place.seq, snapshot.id()});
      } else {
        history.snapshots.push_back(std::move(snapshot));
      }
      return link;
    });
  }
}

}  // namespace

History read_history(const Vault& vault, RollUse use) {
  History history;
  SeenHeads seen;
  // Listed first: what a sweep removed before that has its record in the listing of records.
  Chains snapshots(vault, ObjectType::snapshot, use, history, seen);
  Chains records(vault, ObjectType::record, use, history, seen);
  read_records(vault, records, history);
  read_snapshots(vault, snapshots, history);
  snapshots.find_void_chains();
  records.find_void_chains();
  for (const auto& contradiction : seen.contradictions(vault.trust())) {
    history.problems.push_back({ErrorKind::stale, chain_of(contradiction.seen),
                                contradiction.what + " (by " + contradiction.witness + ")"});
  }
  history.heads = seen.heads();
  std::ranges::sort(history.snapshots, newer, &SnapshotRecord::link);
  std::ranges::sort(history.attestations, newer, &Attestation::link);
  std::ranges::sort(history.others, newer, &OtherRecord::link);
  return history;
}

SnapshotRecord resolve_snapshot(const Vault& vault, const SnapshotWord& word) {
  const bool any_source = !word.source;
  if (word.kind == SnapshotWord::Kind::latest && any_source) {
    return with_trust_shown(vault, newest_snapshot(vault));
  }
  return resolve_snapshot(vault, read_history(vault), word);
}

SnapshotRecord resolve_snapshot(const Vault& vault, History history, const SnapshotWord& word) {
  if (history.snapshots.empty() && history.problems.empty()) none_yet(vault);
  if (word.kind == SnapshotWord::Kind::id) {
    return with_trust_shown(vault, find_by_id(vault, history, word.text));
  }
  leave_out_forgotten(history, pins_and_forgets(history));
  return with_trust_shown(vault, choose(history, vault.trust(), word));
}

SnapshotRecord resolve_snapshot(const Vault& vault, const std::string& text) {
  return resolve_snapshot(vault, SnapshotWord::from_text(text));
}

std::string short_id(const SnapshotId& id) { return id.hex().substr(0, kShortDigits); }

}  // namespace lifeboat::vault
