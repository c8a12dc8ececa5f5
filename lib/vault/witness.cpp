#include "vault/witness.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "base/error.h"
#include "seal/sha256.h"
#include "vault/fence.h"
#include "vault/object_names.h"

namespace lifeboat::vault {
namespace {

constexpr std::size_t kAuthorDigits = 8;
constexpr std::size_t kIdDigits = 16;
constexpr const char* kRolledBack =
    "the vault was rolled back, or part of it is hidden: compare it with its copies before you use "
    "or add to it";

std::string_view word_of(ObjectType type) {
  return type == ObjectType::snapshot ? "snapshot" : "record";
}

/// More than one where the chain forks at its head.
std::vector<SeenHead> heads_of(const Vault& vault, const TrustedKey& key, ObjectType type) {
  std::vector<SeenHead> heads;
  const auto add = [&](const auto& records) {
    for (const auto& record : records) {
      heads.push_back(
          {.author = key.id, .type = type, .seq = record.link.seq, .id = record.link.id});
    }
  };
  try {
    if (type == ObjectType::snapshot) {
      add(vault.head_snapshots(key));
    } else {
      add(vault.head_records(key));
    }
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::corrupt && error.kind() != ErrorKind::stale) throw;
  }
  return heads;
}

template <typename Wanted>
std::vector<SeenHead> read_heads_of(const Vault& vault, Wanted&& wanted) {
  std::vector<SeenHead> heads;
  for (const TrustedKey& key : vault.trust().keys) {
    for (const ObjectType type : {ObjectType::snapshot, ObjectType::record}) {
      if (!has_chain(key.role, type) || !wanted(key, type)) continue;
      std::ranges::copy(heads_of(vault, key, type), std::back_inserter(heads));
    }
  }
  return heads;
}

/// The id of the record at a place: of its bytes, or of its tombstone. Nothing if it is missing.
std::optional<ObjectHash> id_at(const Vault& vault, ObjectType type, const KeyId& author,
                                const LinkPlace& place) {
  const auto stored = vault.store().get(names::link(type, author, place), kMaxRecordBytes);
  if (stored) return ObjectHash{seal::sha256(*stored)};
  if (type != ObjectType::snapshot) return std::nullopt;
  const Swept swept = read_sweeps(vault);
  const Tombstone* stone = swept.tombstone(author, place.seq);
  return stone == nullptr ? std::nullopt : std::optional(stone->id);
}

std::string ends_before(std::uint64_t seq, std::uint64_t head) {
  const std::string record = "record " + std::to_string(seq);
  if (head == 0) return record + " was seen, but the store shows no record of that chain";
  return record + " was seen, but the store shows none after " + std::to_string(head);
}

bool all_hex(std::string_view digits) {
  return digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

const TrustedKey& author_of(const Vault& vault, const NotedHead& noted) {
  const TrustedKey* found = nullptr;
  for (const TrustedKey& key : vault.trust().keys) {
    if (!key.id.hex().starts_with(noted.author_digits)) continue;
    if (found != nullptr) {
      throw Error(ErrorKind::usage, noted.author_digits + " fits two keys of this vault",
                  "give more digits of the one that you mean");
    }
    found = &key;
  }
  if (found != nullptr) return *found;
  throw Error(ErrorKind::not_found, "trust lists no key " + noted.author_digits,
              "was the head noted of another vault?");
}

/// Where the noted record is: its first digits are enough to name it.
LinkPlace noted_place(const Vault& vault, const NotedHead& noted) {
  if (!vault.has_hashed_names()) return noted.seq;
  NameMark mark;
  const Bytes bytes = from_hex(noted.id_digits.substr(0, 2 * NameMark::kSize));
  std::ranges::copy(bytes, mark.bytes.begin());
  return {noted.seq, mark};
}

}  // namespace

std::string chain_of(const SeenHead& head) {
  return std::string(word_of(head.type)) + "/" + head.author.hex().substr(0, kAuthorDigits);
}

std::string to_word(const SeenHead& head) {
  return chain_of(head) + ":" + std::to_string(head.seq) + ":" + head.id.hex().substr(0, kIdDigits);
}

NotedHead NotedHead::from_word(const std::string& word) {
  const std::size_t slash = word.find('/');
  const std::size_t first = word.find(':');
  const std::size_t second = word.find(':', first + 1);
  const bool parts = slash < first && first < second && second != std::string::npos;
  NotedHead noted;
  bool good = parts;
  if (parts) {
    const std::string_view type = std::string_view(word).substr(0, slash);
    noted.type = type == "snapshot" ? ObjectType::snapshot : ObjectType::record;
    noted.author_digits = word.substr(slash + 1, first - slash - 1);
    noted.id_digits = word.substr(second + 1);
    const char* const end = word.data() + second;
    const auto number = std::from_chars(word.data() + first + 1, end, noted.seq);
    good = type == word_of(noted.type) && number.ec == std::errc{} && number.ptr == end &&
           noted.seq > 0 && noted.author_digits.size() >= kAuthorDigits &&
           noted.author_digits.size() <= 2 * KeyId::kSize && noted.id_digits.size() >= kIdDigits &&
           noted.id_digits.size() <= 2 * ObjectHash::kSize && all_hex(noted.author_digits) &&
           all_hex(noted.id_digits);
  }
  if (good) return noted;
  throw Error(ErrorKind::usage, "\"" + word + "\" is not a head",
              "take it as lifeboat printed it: snapshot/1f2e3d4c:17:0123456789abcdef");
}

std::vector<SeenHead> read_heads(const Vault& vault) {
  return read_heads_of(vault, [](const TrustedKey&, ObjectType) { return true; });
}

std::vector<SeenHead> read_other_heads(const Vault& vault, ObjectType own_type) {
  return read_heads_of(vault, [&](const TrustedKey& key, ObjectType type) {
    return key.id != vault.self_id() || type != own_type;
  });
}

Link link_behind(const Vault& vault, const ChainEnd& end, std::vector<SeenHead> seen,
                 Instant started, Instant finished) {
  return {.generation = vault.generation(),
          .vault = vault.id(),
          .author = vault.self_id(),
          .seq = end.next_seq(),
          .previous = end.previous,
          .trust_number = vault.trust().number,
          .trust_hash = vault.trust().hash,
          .seen = std::move(seen),
          .started = started,
          .finished = finished,
          .id = {},
          .parents = end.parents};
}

std::vector<SeenHead> heads_after(ObjectType type, const Link& link) {
  std::vector<SeenHead> heads = {
      {.author = link.author, .type = type, .seq = link.seq, .id = link.id}};
  heads.insert(heads.end(), link.seen.begin(), link.seen.end());
  return heads;
}

std::optional<std::string> contradiction(const Vault& vault, const SeenHead& seen) {
  const std::uint64_t head = vault.head_seq(seen.type, seen.author);
  if (head < seen.seq) return ends_before(seen.seq, head);
  const auto id = id_at(vault, seen.type, seen.author, vault.place_of(seen.seq, seen.id));
  if (!id) return "record " + std::to_string(seen.seq) + " was seen, but it is missing now";
  if (*id == seen.id) return std::nullopt;
  return "record " + std::to_string(seen.seq) + " is not the one that was seen in its place";
}

void require_shown(const Vault& vault, const NotedHead& noted) {
  const TrustedKey& author = author_of(vault, noted);
  const std::string chain =
      std::string(word_of(noted.type)) + "/" + author.id.hex().substr(0, kAuthorDigits);
  const std::uint64_t head = vault.head_seq(noted.type, author.id);
  std::string what;
  if (head < noted.seq) {
    what = ends_before(noted.seq, head);
  } else {
    const auto id = id_at(vault, noted.type, author.id, noted_place(vault, noted));
    if (id && id->hex().starts_with(noted.id_digits)) return;
    what = "record " + std::to_string(noted.seq) + " is not the one that was expected";
  }
  throw Error(ErrorKind::stale, "chain " + chain + ": " + what, kRolledBack);
}

void require_snapshot_since(const Vault& vault, Instant oldest) {
  std::optional<Instant> newest;
  for (const TrustedKey* writer : vault.trust().with_role(Role::writer)) {
    const auto head = vault.head_snapshot(*writer);
    if (head && (!newest || head->link.finished > *newest)) newest = head->link.finished;
  }
  if (newest && *newest >= oldest) return;
  throw Error(
      ErrorKind::stale,
      newest ? "the newest snapshot is of " + to_rfc3339(*newest) + ", older than allowed"
             : "the vault holds no snapshot, and one was expected",
      "see whether the jobs that take snapshots still run; if they do, the vault was rolled "
      "back, or part of it is hidden");
}

void SeenHeads::note_listed(ObjectType type, const KeyId& author, std::uint64_t head) {
  listed_[{type, author}] = head;
}

void SeenHeads::note(ObjectType type, const Link& link, const std::string& name) {
  shown_[{type, link.author}][link.seq].insert(link.id);
  for (const SeenHead& seen : link.seen) {
    const bool known = seen.type == ObjectType::snapshot || seen.type == ObjectType::record;
    if (!known || seen.seq == 0) continue;  // of a kind that a later version added
    seen_.try_emplace({seen.type, seen.author, seen.seq, seen.id}, name);
  }
}

void SeenHeads::note_void(ObjectType type, const KeyId& author, const LinkPlace& place) {
  if (place.mark) void_.insert({type, author, place.seq, *place.mark});
}

std::vector<SeenHeads::Contradiction> SeenHeads::contradictions(const Trust& trust) const {
  std::vector<Contradiction> found;
  for (const auto& [place, witness] : seen_) {
    const auto& [type, author, seq, id] = place;
    const SeenHead seen{.author = author, .type = type, .seq = seq, .id = id};
    const TrustedKey* key = trust.find(author);
    if (key != nullptr && key->void_after && seq > key->void_after->seq) continue;
    if (void_.contains({type, author, seq, mark_of(id)})) continue;
    const auto listed = listed_.find({type, author});
    const std::uint64_t head = listed == listed_.end() ? 0 : listed->second;
    if (head < seq) {
      found.push_back({seen, witness, ends_before(seq, head)});
      continue;
    }
    const auto chain = shown_.find({type, author});
    if (chain == shown_.end()) continue;
    const auto at = chain->second.find(seq);
    // A gap, and a record that cannot be read, are told by the walk.
    if (at == chain->second.end() || at->second.contains(id)) continue;
    found.push_back(
        {seen, witness,
         "record " + std::to_string(seq) + " is not the one that was seen in its place"});
  }
  return found;
}

std::vector<SeenHead> SeenHeads::heads() const {
  std::vector<SeenHead> heads;
  for (const auto& [chain, records] : shown_) {
    const auto& [seq, ids] = *records.rbegin();
    for (const ObjectHash& id : ids) {
      heads.push_back({.author = chain.second, .type = chain.first, .seq = seq, .id = id});
    }
  }
  return heads;
}

}  // namespace lifeboat::vault
