#include "vault/vault.h"

#include "base/error.h"
#include "seal/sha256.h"
#include "vault/object_names.h"
#include "vault/roll.h"

namespace lifeboat::vault {
namespace {

constexpr int kMaxLostRaces = 1000;

void require_place(const Link& link, std::uint64_t seq, const TrustedKey& author) {
  if (link.seq != seq) {
    throw Error(ErrorKind::stale, "the record at place " + std::to_string(seq) +
                                      " of a chain belongs to another place");
  }
  const auto& cut = author.void_after;
  if (cut && cut->seq == seq && cut->hash != link.id) {
    throw Error(ErrorKind::stale, "it is not the record after which its author was revoked");
  }
}

}  // namespace

Vault::Vault(store::ObjectStore& store, Capability capability)
    : store_(store),
      capability_(std::move(capability)),
      self_id_(capability_.key_id()),
      state_(load_trust(store, capability_)),
      keyring_(state_.format.vault, state_.trust, capability_) {}

void Vault::require_role(Role role, std::string_view doing) const {
  if (capability_.role == role) return;
  throw Error(ErrorKind::denied, std::string(doing) + " needs the " + std::string(name_of(role)) +
                                     " credential, this is the " +
                                     std::string(name_of(capability_.role)) + "'s");
}

Bytes Vault::fetch_link(ObjectType type, const KeyId& author, std::uint64_t seq) const {
  const auto key = names::link(type, author, seq);
  auto stored = store_.get(key, kMaxRecordBytes);
  if (!stored) {
    throw Error(ErrorKind::stale, key.name() + " is missing",
                "it was there once: the vault was rolled back, or part of it is hidden");
  }
  return std::move(*stored);
}

SnapshotRecord Vault::read_snapshot(const TrustedKey& writer, std::uint64_t seq) const {
  return decode_snapshot(writer, seq, fetch_link(ObjectType::snapshot, writer.id, seq));
}

OtherRecord Vault::read_record(const TrustedKey& author, std::uint64_t seq) const {
  return decode_record(author, seq, fetch_link(ObjectType::record, author.id, seq));
}

// The generation, which says what key opens a record, is read before the signature over it is
// verified: under a false one there is no key, or the signature does not fit.

SnapshotRecord Vault::decode_snapshot(const TrustedKey& writer, std::uint64_t seq,
                                      ByteView stored) const {
  const Generation generation = record_generation(ObjectType::snapshot, stored);
  SnapshotRecord record =
      SnapshotRecord::decode(stored, id(), writer, keyring_.record_key(generation, writer.id));
  require_place(record.link, seq, writer);
  return record;
}

OtherRecord Vault::decode_record(const TrustedKey& author, std::uint64_t seq,
                                 ByteView stored) const {
  const Generation generation = record_generation(ObjectType::record, stored);
  OtherRecord record =
      OtherRecord::decode(stored, id(), author, keyring_.record_key(generation, author.id));
  require_place(record.link, seq, author);
  return record;
}

std::uint64_t Vault::head_seq(ObjectType type, const KeyId& author) const {
  std::uint64_t seq = 0;
  store_.list(names::chain_prefix(type, author), "", [&](const store::ObjectInfo& info) {
    const auto parsed = names::parse(info.key.name());
    if (!parsed || parsed->type != type) return true;
    seq = parsed->number;
    return false;
  });
  return seq;
}

std::uint64_t Vault::valid_head_seq(ObjectType type, const TrustedKey& author) const {
  if (author.void_after) return author.void_after->seq;
  return head_seq(type, author.id);
}

std::optional<SnapshotRecord> Vault::head_snapshot(const TrustedKey& writer) const {
  const std::uint64_t seq = valid_head_seq(ObjectType::snapshot, writer);
  if (seq == 0) return std::nullopt;
  return read_snapshot(writer, seq);
}

std::optional<OtherRecord> Vault::head_record(const TrustedKey& author) const {
  const std::uint64_t seq = valid_head_seq(ObjectType::record, author);
  if (seq == 0) return std::nullopt;
  return read_record(author, seq);
}

IndexSegment Vault::read_segment(const SegmentRef& ref, const KeyId& writer) const {
  const auto key = names::index_segment(ref.generation, ref.hash);
  return with_context("read " + key.name(), [&] {
    const auto keys = keyring_.index_keys(ref.generation, writer);
    if (!keys) {
      throw Error(ErrorKind::denied, "the " + std::string(name_of(capability_.role)) +
                                         " credential does not open this index");
    }
    auto stored = store_.get(key, kMaxSegmentBytes);
    if (!stored) throw Error(ErrorKind::corrupt, "it is missing, but a snapshot needs it");
    if (ObjectHash{seal::sha256(*stored)} != ref.hash) {
      throw Error(ErrorKind::corrupt, "its bytes are not what its name says");
    }
    const TrustedKey* trusted = trust().find(writer);
    if (trusted == nullptr) throw Error(ErrorKind::corrupt, "its writer is unknown");
    IndexSegment segment =
        IndexSegment::decode(std::move(*stored), id(), trusted->signing_key, *keys);
    if (segment.generation() != ref.generation) {
      throw Error(ErrorKind::corrupt, "it is of another generation than its name says");
    }
    return segment;
  });
}

Index Vault::read_index(const SnapshotRecord& record) const {
  Index index;
  for (const SegmentRef& ref : record.segments) {
    index.add(ref, read_segment(ref, record.link.author));
  }
  return index;
}

std::uint64_t append_to_chain(
    const Vault& vault, ObjectType type,
    const std::function<Bytes(std::uint64_t, const std::optional<SnapshotRecord>&,
                              const ObjectHash&)>& make) {
  const TrustedKey* self = vault.trust().find(vault.self_id());
  for (int lost = 0; lost < kMaxLostRaces; ++lost) {
    std::optional<SnapshotRecord> head;
    ObjectHash previous;
    std::uint64_t seq = 1;
    if (type == ObjectType::snapshot) {
      head = vault.head_snapshot(*self);
      if (head) previous = head->link.id;
      if (head) seq = head->link.seq + 1;
    } else if (const auto newest = vault.head_record(*self)) {
      previous = newest->link.id;
      seq = newest->link.seq + 1;
    }
    const Bytes stored = make(seq, head, previous);
    const auto key = names::link(type, vault.self_id(), seq);
    // A retry after a lost answer meets its own bytes: that is success, not a race.
    if (vault.store().put(key, stored) == store::PutResult::created ||
        vault.store().get(key, kMaxRecordBytes) == stored) {
      store_missing_roll(vault, type, seq);
      return seq;
    }
  }
  throw Error(ErrorKind::busy, "the same credential is in use elsewhere, without a pause",
              "give each machine a writer credential of its own");
}

}  // namespace lifeboat::vault
