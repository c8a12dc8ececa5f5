#include "vault/history.h"

#include <algorithm>

#include "vault/object_names.h"

namespace lifeboat::vault {
namespace {

constexpr std::size_t kShortDigits = 8;
constexpr std::size_t kLeastPrefix = 2;

/// What is wrong if a record's author knew a trust record that the store does not show; else "".
std::string withheld_trust(const Vault& vault, const Link& link) {
  const Trust& trust = vault.trust();
  const bool other = link.trust_number == trust.number && link.trust_hash != trust.hash;
  if (link.trust_number <= trust.number && !other) return "";
  return "it was written under " + std::string(other ? "another " : "") + "trust record " +
         std::to_string(link.trust_number) + ", the newest that the store shows is " +
         (other ? "not that one" : "number " + std::to_string(trust.number));
}

/// Walks one chain from its head to its first record. `read` returns a record's Link.
template <typename Read>
void walk_chain(const Vault& vault, ObjectType type, const KeyId& author,
                std::vector<Problem>& problems, Read&& read) {
  std::optional<ObjectHash> expected;
  for (std::uint64_t seq = vault.head_seq(type, author); seq > 0; --seq) {
    const std::string name = names::link(type, author, seq).name();
    try {
      const Link link = read(seq);
      if (const std::string withheld = withheld_trust(vault, link); !withheld.empty()) {
        problems.push_back({ErrorKind::stale, name, withheld});
      }
      if (expected && link.id != *expected) {
        problems.push_back(
            {ErrorKind::stale, name, "its successor names another record in its place"});
      }
      if (seq == 1 && !link.previous.is_zero()) {
        problems.push_back({ErrorKind::stale, name, "it is the first, but names a predecessor"});
      }
      expected = link.previous;
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::corrupt && error.kind() != ErrorKind::stale) throw;
      problems.push_back({error.kind(), name, error.message()});
      expected.reset();
    }
  }
}

/// Whether holders of this role have a chain of that kind: docs/format/vault.md §12.
bool has_chain(Role role, ObjectType type) {
  if (type == ObjectType::snapshot) return role == Role::writer;
  return role != Role::writer && role != Role::viewer;
}

/// Chains that no walk reads, because nobody may write them.
void find_void_chains(const Vault& vault, ObjectType type, const char* prefix,
                      std::vector<Problem>& problems) {
  KeyId last;
  vault.store().list(prefix, "", [&](const store::ObjectInfo& info) {
    const auto parsed = names::parse(info.key.name());
    if (!parsed || parsed->author == last) return true;
    last = parsed->author;
    const TrustedKey* author = vault.trust().find(last);
    if (author == nullptr) {
      problems.push_back(
          {ErrorKind::corrupt, info.key.name(), "its author is not listed in trust"});
    } else if (!has_chain(author->role, type)) {
      problems.push_back({ErrorKind::corrupt, info.key.name(),
                          "it is void: its author, the " + std::string(name_of(author->role)) +
                              ", may write no such record"});
    }
    return true;
  });
}

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

}  // namespace

const Attestation* History::proof_of(const SnapshotId& id) const {
  const auto at = std::ranges::find_if(attestations, [&](const Attestation& attestation) {
    return attestation.snapshot == id && attestation.verdict == Verdict::proven;
  });
  return at == attestations.end() ? nullptr : &*at;
}

const Attestation* History::newest_attestation_of(const SnapshotId& id) const {
  const auto at = std::ranges::find(attestations, id, &Attestation::snapshot);
  return at == attestations.end() ? nullptr : &*at;
}

History read_history(const Vault& vault) {
  History history;
  for (const TrustedKey* writer : vault.trust().with_role(Role::writer)) {
    walk_chain(vault, ObjectType::snapshot, writer->id, history.problems, [&](std::uint64_t seq) {
      history.snapshots.push_back(vault.read_snapshot(*writer, seq));
      return history.snapshots.back().link;
    });
  }
  for (const TrustedKey& author : vault.trust().keys) {
    if (!has_chain(author.role, ObjectType::record)) continue;
    walk_chain(vault, ObjectType::record, author.id, history.problems, [&](std::uint64_t seq) {
      OtherRecord record = vault.read_record(author, seq);
      if (record.attestation) history.attestations.push_back(std::move(*record.attestation));
      return record.link;
    });
  }
  find_void_chains(vault, ObjectType::snapshot, names::kSnapshotPrefix, history.problems);
  find_void_chains(vault, ObjectType::record, names::kRecordPrefix, history.problems);
  std::ranges::sort(history.snapshots, newer, &SnapshotRecord::link);
  std::ranges::sort(history.attestations, newer, &Attestation::link);
  return history;
}

SnapshotRecord resolve_snapshot(const Vault& vault, const std::string& name) {
  if (name == "latest") return with_trust_shown(vault, newest_snapshot(vault));
  if (name.size() < kLeastPrefix ||
      name.find_first_not_of("0123456789abcdef") != std::string::npos) {
    throw Error(ErrorKind::usage, "\"" + name + "\" does not name a snapshot",
                "give `latest`, or at least 2 digits of an id that `lifeboat vault ls` shows");
  }
  const History history = read_history(vault);
  std::vector<const SnapshotRecord*> fits;
  for (const SnapshotRecord& snapshot : history.snapshots) {
    if (snapshot.id().hex().starts_with(name)) fits.push_back(&snapshot);
  }
  if (history.snapshots.empty()) none_yet(vault);
  if (fits.empty()) {
    throw Error(ErrorKind::not_found, "no snapshot " + name + " in " + vault.store().describe(),
                history.problems.empty()
                    ? "`lifeboat vault ls` shows what there is"
                    : "part of the history is damaged or hidden: see `lifeboat vault check`");
  }
  if (fits.size() > 1) {
    throw Error(ErrorKind::usage,
                name + " fits " + std::to_string(fits.size()) + " snapshots: " +
                    fits[0]->id().hex().substr(0, 16) + " and " + fits[1]->id().hex().substr(0, 16),
                "give more digits of the one you mean");
  }
  return with_trust_shown(vault, *fits.front());
}

std::string short_id(const SnapshotId& id) { return id.hex().substr(0, kShortDigits); }

}  // namespace lifeboat::vault
