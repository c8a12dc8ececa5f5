#include "vault/history.h"

#include <algorithm>

#include "vault/object_names.h"

namespace lifeboat::vault {
namespace {

constexpr std::size_t kShortDigits = 8;
constexpr std::size_t kLeastPrefix = 2;

/// Walks one chain from its head to its first record. `read` returns a record's Link.
template <typename Read>
void walk_chain(const Vault& vault, ObjectType type, const TrustedKey& author,
                std::vector<Problem>& problems, Read&& read) {
  std::optional<ObjectHash> expected;
  for (std::uint64_t seq = vault.valid_head_seq(type, author); seq > 0; --seq) {
    const std::string name = names::link(type, author.id, seq).name();
    try {
      const Link link = read(seq);
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

void note_void(const Vault& vault, ObjectType type, const TrustedKey& author,
               std::vector<VoidRecords>& to) {
  if (!author.void_after) return;
  const std::uint64_t head = vault.head_seq(type, author.id);
  if (head <= author.void_after->seq) return;
  to.push_back({author.id, author.name, author.role, head - author.void_after->seq});
}

void find_unknown_authors(const Vault& vault, const char* prefix, std::vector<Problem>& problems) {
  KeyId last;
  vault.store().list(prefix, "", [&](const store::ObjectInfo& info) {
    const auto parsed = names::parse(info.key.name());
    if (!parsed || parsed->author == last) return true;
    last = parsed->author;
    if (vault.trust().find(last) == nullptr) {
      problems.push_back(
          {ErrorKind::corrupt, info.key.name(), "its author is not listed in trust"});
    }
    return true;
  });
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
    note_void(vault, ObjectType::snapshot, *writer, history.void_records);
    walk_chain(vault, ObjectType::snapshot, *writer, history.problems, [&](std::uint64_t seq) {
      history.snapshots.push_back(vault.read_snapshot(*writer, seq));
      return history.snapshots.back().link;
    });
  }
  for (const TrustedKey& author : vault.trust().keys) {
    if (author.role == Role::writer || author.role == Role::viewer) continue;
    note_void(vault, ObjectType::record, author, history.void_records);
    walk_chain(vault, ObjectType::record, author, history.problems, [&](std::uint64_t seq) {
      OtherRecord record = vault.read_record(author, seq);
      if (record.attestation) history.attestations.push_back(std::move(*record.attestation));
      return record.link;
    });
  }
  find_unknown_authors(vault, names::kSnapshotPrefix, history.problems);
  find_unknown_authors(vault, names::kRecordPrefix, history.problems);
  std::ranges::sort(history.snapshots, newer, &SnapshotRecord::link);
  std::ranges::sort(history.attestations, newer, &Attestation::link);
  return history;
}

SnapshotRecord resolve_snapshot(const Vault& vault, const std::string& name) {
  if (name == "latest") return newest_snapshot(vault);
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
                "`lifeboat vault ls` shows what there is");
  }
  if (fits.size() > 1) {
    throw Error(ErrorKind::usage,
                name + " fits " + std::to_string(fits.size()) + " snapshots: " +
                    fits[0]->id().hex().substr(0, 16) + " and " + fits[1]->id().hex().substr(0, 16),
                "give more digits of the one you mean");
  }
  return *fits.front();
}

std::string short_id(const SnapshotId& id) { return id.hex().substr(0, kShortDigits); }

}  // namespace lifeboat::vault
