#include "vault/sweep.h"

#include <algorithm>

#include "base/error.h"
#include "base/units.h"
#include "seal/sha256.h"
#include "vault/append_record.h"
#include "vault/chain_reader.h"

namespace lifeboat::vault {
namespace {

constexpr const char* kItem = "objects";

[[noreturn]] void another_pruner() {
  throw Error(ErrorKind::busy, "another pruner marks or sweeps this vault at the same time",
              "let it finish, then run the same command again");
}

seal::SecretKey own_record_key(const Vault& vault, Generation generation) {
  const auto key = vault.keyring().record_key(generation, vault.self_id());
  if (!key) throw Error(ErrorKind::denied, "this credential holds no key for records");
  return *key;
}

ObjectHash hash_of_mark(const Vault& vault, Generation generation, std::uint32_t number) {
  if (number == 0) return {};
  const auto stored = vault.store().get(names::mark(generation, number), kMaxRecordBytes);
  return stored ? ObjectHash{seal::sha256(*stored)} : ObjectHash{};
}

/// The packs, segments and sessions among these, of one generation or of all. A session that is
/// sealed several times stands once.
CondemnedObjects condemned_in(const std::vector<StoredObject>& objects,
                              std::optional<Generation> generation) {
  CondemnedObjects condemned;
  for (const StoredObject& object : objects) {
    const names::Parsed& name = object.parsed;
    if (generation && name.generation != *generation) continue;
    if (name.type == ObjectType::session) {
      condemned.sessions.push_back({name.generation, name.session});
    } else if (name.type != ObjectType::snapshot && name.type != ObjectType::roll) {
      condemned.objects.push_back({name.generation, name.type, name.hash});
    }
  }
  std::ranges::sort(condemned.sessions);
  const auto twice = std::ranges::unique(condemned.sessions);
  condemned.sessions.erase(twice.begin(), twice.end());
  return condemned;
}

Mark mark_of(const MarkPlan& plan, const Vault& vault, Generation generation, Instant now) {
  const std::uint32_t number = plan.marks.at(generation);
  Mark mark;
  mark.link = {.generation = generation,
               .vault = vault.id(),
               .author = vault.self_id(),
               .seq = number,
               .previous = hash_of_mark(vault, generation, number - 1),
               .trust_number = vault.trust().number,
               .trust_hash = vault.trust().hash,
               .seen = {},
               .started = plan.store_time,
               .finished = now,
               .id = {}};
  mark.condemned = condemned_in(plan.objects, generation);
  for (const LeavingSnapshot& snapshot : plan.snapshots) {
    if (snapshot.generation == generation) mark.forgotten.push_back(snapshot.id);
  }
  return mark;
}

/// A snapshot record that the plan has not seen and whose writer did not heed its marks.
void require_no_unaware_snapshot(const Vault& vault, const SweepPlan& plan) {
  for (const auto& [author, listing] : list_chains(vault, ObjectType::snapshot)) {
    const TrustedKey* writer = vault.trust().find(author);
    if (writer == nullptr || writer->role != Role::writer) continue;
    const auto at = plan.walked.find(author);
    const std::uint64_t walked = at == plan.walked.end() ? 0 : at->second;
    const std::uint64_t cut =
        writer->void_after ? std::min(writer->void_after->seq, listing.head) : listing.head;
    for (std::uint64_t seq = walked + 1; seq <= cut; ++seq) {
      for (const LinkPlace& place : listing.at(seq)) {
        const SnapshotRecord snapshot = vault.decode_snapshot(
            *writer, place, vault.fetch_link(ObjectType::snapshot, author, place));
        if (knows(snapshot.known_marks, plan.marks)) continue;
        throw Error(ErrorKind::busy,
                    "a snapshot came in meanwhile that knows nothing of the mark: " +
                        snapshot.id().hex().substr(0, 8),
                    "nothing was deleted; run the same command again");
      }
    }
  }
}

void require_no_new_record(const Vault& vault, const SweepPlan& plan) {
  for (const auto& [author, listing] : list_chains(vault, ObjectType::record)) {
    const auto at = plan.records.find(author);
    const TrustedKey* key = vault.trust().find(author);
    if (key == nullptr || key->void_after || listing.head == 0) continue;
    if (at != plan.records.end() && listing.head <= at->second) continue;
    throw Error(ErrorKind::busy,
                "a record came in meanwhile that the plan has not seen: " + listing.first_name,
                "it may keep a snapshot; run the same command again");
  }
}

Sweep sweep_of(const SweepPlan& plan) {
  Sweep sweep;
  sweep.marks = plan.marks;
  sweep.removed = condemned_in(plan.objects, std::nullopt);
  for (const LeavingSnapshot& snapshot : plan.snapshots) {
    sweep.tombstones.push_back({.author = snapshot.author,
                                .seq = snapshot.seq,
                                .id = snapshot.id,
                                .previous = snapshot.previous});
  }
  sweep.walked = plan.walked;
  return sweep;
}

void sign(const Vault& vault, const SweepPlan& plan, const Clock& clock) {
  const Sweep sweep = sweep_of(plan);
  const std::string body = sweep_body(plan.snapshots.size(), plan.objects.size(), plan.bytes);
  const Bytes sealed = json_record_fields(RecordKind::sweep, body);
  const Bytes in_public = sweep.encode();
  const auto own = plan.records.find(vault.self_id());
  const std::uint64_t seen = own == plan.records.end() ? 0 : own->second;
  const Instant now = clock.now();
  append_record(vault, now, now, [&](Link& link, const seal::SecretKey& record_key) {
    if (link.seq != seen + 1) another_pruner();
    return encode_other_record(link, in_public, sealed, vault.self().signing_key(), record_key);
  });
}

SweepReport remove_all(const Vault& vault, const std::vector<StoredObject>& objects,
                       std::uint64_t total_bytes, Observer& observer, const std::stop_token& stop) {
  SweepReport report;
  observer.phase("delete");
  observer.item_started(kItem, total_bytes);
  try {
    for (const StoredObject& object : objects) {
      if (stop.stop_requested()) throw Error(ErrorKind::cancelled, "stopped before the end");
      vault.store().remove(store::ObjectKey(object.name));
      ++report.objects;
      report.bytes += object.size_bytes;
      observer.item_advanced(kItem, object.size_bytes, 0);
    }
  } catch (Error& error) {
    error.add_kept(std::to_string(report.objects) + " of " + std::to_string(objects.size()) +
                   " objects are deleted (" + human_bytes(report.bytes) +
                   "); the same command goes on from there");
    throw;
  }
  observer.item_finished(kItem);
  return report;
}

}  // namespace

void require_exclusive(const Vault& vault, OtherPruners others) {
  vault.require_role(Role::pruner, "sweeping");
  if (others == OtherPruners::excluded || !vault.state().format.hashed_names) return;
  throw Error(ErrorKind::refused,
              "this vault's store does not create conditionally: a sweep would not notice another "
              "one, nor two runs of one writer, at the same time",
              "make sure that no sweep and no snapshot runs meanwhile, then add --exclusive");
}

Instant apply_mark(const Vault& vault, const MarkPlan& plan, const Clock& clock) {
  vault.require_role(Role::pruner, "marking");
  Instant stored_at{};
  for (const auto& [generation, number] : plan.marks) {
    Mark mark = mark_of(plan, vault, generation, clock.now());
    const Bytes stored = mark.encode(vault.self().signing_key(), own_record_key(vault, generation));
    const auto key = names::mark(generation, number);
    // A retry after a lost answer meets its own bytes: that is success.
    if (vault.store().put(key, stored) == store::PutResult::exists &&
        vault.store().get(key, kMaxRecordBytes) != stored) {
      another_pruner();
    }
    const auto info = vault.store().find(key);
    if (!info)
      throw Error(ErrorKind::unavailable, "the store lost what it just took: " + key.name());
    stored_at = std::max(stored_at, info->stored_at);
  }
  return stored_at;
}

SweepReport apply_sweep(const Vault& vault, const SweepPlan& plan, const Clock& clock,
                        Observer& observer, const std::stop_token& stop) {
  vault.require_role(Role::pruner, "sweeping");
  require_no_new_record(vault, plan);
  require_no_unaware_snapshot(vault, plan);
  sign(vault, plan, clock);
  // From here on such a snapshot is void. Nothing is deleted under it before somebody has heard.
  require_no_unaware_snapshot(vault, plan);
  return remove_all(vault, plan.objects, plan.bytes, observer, stop);
}

SweepReport apply_finish(const Vault& vault, const FinishPlan& plan, Observer& observer,
                         const std::stop_token& stop) {
  vault.require_role(Role::pruner, "sweeping");
  return remove_all(vault, plan.objects, plan.bytes, observer, stop);
}

}  // namespace lifeboat::vault
