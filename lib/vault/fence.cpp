#include "vault/fence.h"

#include "base/error.h"
#include "vault/chain_reader.h"
#include "vault/object_names.h"

namespace lifeboat::vault {
namespace {

std::uint32_t number_in(const KnownMarks& marks, Generation generation) {
  const auto at = marks.find(generation);
  return at == marks.end() ? 0 : at->second;
}

/// Nothing if it is missing, or not what it says to be.
std::optional<Mark> read_mark(const Vault& vault, Generation generation, std::uint32_t number,
                              Instant stored_at) {
  const auto stored = vault.store().get(names::mark(generation, number), kMaxRecordBytes);
  if (!stored) return std::nullopt;
  try {
    Mark mark = Mark::decode(*stored, vault.id(), vault.trust(), generation, number);
    mark.stored_at = stored_at;
    return mark;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::corrupt) throw;
    return std::nullopt;
  }
}

void list_marks_of(const Vault& vault, Generation generation, std::uint32_t after,
                   std::vector<ListedMark>& into) {
  const std::string from = after == 0 ? "" : names::mark(generation, after).name();
  std::map<std::uint32_t, Instant> listed;
  vault.store().list(names::mark_prefix(generation), from, [&](const store::ObjectInfo& info) {
    const auto parsed = names::parse(info.key.name());
    if (parsed && parsed->type == ObjectType::mark) {
      listed[static_cast<std::uint32_t>(parsed->number)] = info.stored_at;
    }
    return true;
  });
  std::uint32_t expected = after + 1;
  for (const auto& [number, stored_at] : listed) {
    // One that is missing says enough for all that are.
    if (number != expected) into.push_back({generation, number - 1, std::nullopt});
    into.push_back({generation, number, read_mark(vault, generation, number, stored_at)});
    expected = number + 1;
  }
}

/// The records of one pruner, from its newest valid one to its first.
void collect_sweeps(const Vault& vault, const TrustedKey& pruner, std::vector<Sweep>& into) {
  const auto listings = list_chains(vault, ObjectType::record, pruner.id);
  const auto at = listings.find(pruner.id);
  const std::uint64_t head = pruner.void_after      ? pruner.void_after->seq
                             : at == listings.end() ? 0
                                                    : at->second.head;
  if (head == 0) return;
  const ChainListing listing = at == listings.end() ? ChainListing{} : at->second;
  ChainReader reader(vault, ObjectType::record, pruner.id, listing, RollUse::instead_of_records);
  std::optional<ObjectHash> expected;
  for (std::uint64_t seq = head; seq > 0; --seq) {
    OtherRecord record = vault.decode_record(pruner, seq, reader.stored(seq, expected));
    if (expected && record.link.id != *expected) {
      throw Error(ErrorKind::stale, names::link(ObjectType::record, pruner.id, seq).name() +
                                        ": its successor names another record in its place");
    }
    expected = record.link.previous;
    if (record.sweep) into.push_back(std::move(*record.sweep));
  }
}

}  // namespace

std::vector<ListedMark> list_marks(const Vault& vault, const KnownMarks& known) {
  std::vector<ListedMark> marks;
  for (Generation generation = 1; generation <= vault.generation(); ++generation) {
    list_marks_of(vault, generation, number_in(known, generation), marks);
  }
  return marks;
}

Fence::Fence(const Vault& vault, KnownMarks known)
    : vault_(vault), from_(std::move(known)), newest_(from_) {
  static_cast<void>(look_again());
}

Condemned Fence::look_again() {
  const KnownMarks before = newest_;
  for (ListedMark& listed : list_marks(vault_, newest_)) {
    auto& condemned = marks_[{listed.generation, listed.number}];
    if (listed.mark) condemned = std::move(listed.mark->condemned);
    newest_[listed.generation] = listed.number;
  }
  return since(before);
}

Condemned Fence::since(const KnownMarks& known) const {
  Condemned condemned;
  for (const auto& [place, objects] : marks_) {
    if (place.second <= number_in(known, place.first)) continue;
    if (!objects) {
      condemned.everything = true;
      continue;
    }
    for (const ObjectRef& object : objects->objects) condemned.hashes.insert(object.hash);
  }
  // A record of an older version on top of one that knew marks: what it missed was not read here.
  if (!knows(known, from_)) condemned.everything = true;
  return condemned;
}

std::optional<SnapshotRecord> newest_sound(const Vault& vault, const Fence& fence,
                                           std::optional<SnapshotRecord> head) {
  if (!head || knows(head->known_marks, fence.newest())) return head;
  const TrustedKey& writer = *vault.trust().find(head->link.author);
  const Swept swept = read_sweeps(vault);
  while (head && swept.missed_a_mark(writer.id, head->link.seq, head->known_marks)) {
    const std::uint64_t before = head->link.seq - 1;
    if (before == 0 || swept.tombstone(writer.id, before) != nullptr) return std::nullopt;
    head = vault.read_snapshot(writer, before);
  }
  return head;
}

Swept read_sweeps(const Vault& vault) {
  std::vector<Sweep> sweeps;
  for (const TrustedKey* pruner : vault.trust().with_role(Role::pruner)) {
    collect_sweeps(vault, *pruner, sweeps);
  }
  return Swept(std::move(sweeps));
}

}  // namespace lifeboat::vault
