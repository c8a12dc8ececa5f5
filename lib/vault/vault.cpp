#include "vault/vault.h"

#include <algorithm>

#include "base/error.h"
#include "seal/sha256.h"
#include "vault/object_names.h"

namespace lifeboat::vault {
namespace {

bool finished_later(const Link& a, const Link& b) { return a.finished > b.finished; }

void require_place(const Link& link, const LinkPlace& place, const TrustedKey& author) {
  if (link.seq != place.seq) {
    throw Error(ErrorKind::stale, "the record at place " + std::to_string(place.seq) +
                                      " of a chain belongs to another place");
  }
  if (place.mark && *place.mark != mark_of(link.id)) {
    throw Error(ErrorKind::corrupt, "its bytes are not what its name says");
  }
  const auto& cut = author.void_after;
  if (cut && cut->seq == place.seq && cut->hash != link.id) {
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

std::optional<names::Parsed> Vault::parse_name(const std::string& name) const {
  auto parsed = names::parse(name);
  const bool in_chain =
      parsed && (parsed->type == ObjectType::snapshot || parsed->type == ObjectType::record);
  if (in_chain && parsed->mark.has_value() != has_hashed_names()) return std::nullopt;
  return parsed;
}

LinkPlace Vault::place_of(std::uint64_t seq, const ObjectHash& id) const {
  return {seq, has_hashed_names() ? std::optional(mark_of(id)) : std::nullopt};
}

store::ObjectKey Vault::key_of(ObjectType type, const Link& link) const {
  return names::link(type, link.author, place_of(link.seq, link.id));
}

Bytes Vault::fetch_link(ObjectType type, const KeyId& author, const LinkPlace& place) const {
  const auto key = names::link(type, author, place);
  auto stored = store_.get(key, kMaxRecordBytes);
  if (!stored) {
    throw Error(ErrorKind::stale, key.name() + " is missing",
                "it was there once: the vault was rolled back, or part of it is hidden");
  }
  return std::move(*stored);
}

// The generation, which says what key opens a record, is read before the signature over it is
// verified: under a false one there is no key, or the signature does not fit.

SnapshotRecord Vault::decode_snapshot(const TrustedKey& writer, const LinkPlace& place,
                                      ByteView stored) const {
  const Generation generation = record_generation(ObjectType::snapshot, stored);
  SnapshotRecord record =
      SnapshotRecord::decode(stored, id(), writer, keyring_.record_key(generation, writer.id));
  require_place(record.link, place, writer);
  return record;
}

OtherRecord Vault::decode_record(const TrustedKey& author, const LinkPlace& place,
                                 ByteView stored) const {
  const Generation generation = record_generation(ObjectType::record, stored);
  OtherRecord record =
      OtherRecord::decode(stored, id(), author, keyring_.record_key(generation, author.id));
  require_place(record.link, place, author);
  return record;
}

std::uint64_t Vault::head_seq(ObjectType type, const KeyId& author) const {
  std::uint64_t seq = 0;
  store_.list(names::chain_prefix(type, author), "", [&](const store::ObjectInfo& info) {
    const auto parsed = parse_name(info.key.name());
    if (!parsed || parsed->type != type) return true;
    seq = parsed->number;
    return false;
  });
  return seq;
}

std::vector<LinkPlace> Vault::head_places(ObjectType type, const TrustedKey& author) const {
  if (const auto& cut = author.void_after) {
    if (cut->seq == 0) return {};
    return {place_of(cut->seq, cut->hash)};
  }
  std::vector<LinkPlace> places;
  store_.list(names::chain_prefix(type, author.id), "", [&](const store::ObjectInfo& info) {
    const auto parsed = parse_name(info.key.name());
    if (!parsed || parsed->type != type) return true;
    if (!places.empty() && parsed->number != places.front().seq) return false;
    places.emplace_back(parsed->number, parsed->mark);
    return parsed->mark.has_value();  // without it, a place has one name
  });
  return places;
}

std::vector<SnapshotRecord> Vault::head_snapshots(const TrustedKey& writer) const {
  std::vector<SnapshotRecord> heads;
  for (const LinkPlace& place : head_places(ObjectType::snapshot, writer)) {
    heads.push_back(
        decode_snapshot(writer, place, fetch_link(ObjectType::snapshot, writer.id, place)));
  }
  std::ranges::stable_sort(heads, finished_later, &SnapshotRecord::link);
  return heads;
}

std::vector<OtherRecord> Vault::head_records(const TrustedKey& author) const {
  std::vector<OtherRecord> heads;
  for (const LinkPlace& place : head_places(ObjectType::record, author)) {
    heads.push_back(decode_record(author, place, fetch_link(ObjectType::record, author.id, place)));
  }
  std::ranges::stable_sort(heads, finished_later, &OtherRecord::link);
  return heads;
}

std::optional<SnapshotRecord> Vault::head_snapshot(const TrustedKey& writer) const {
  auto heads = head_snapshots(writer);
  if (heads.empty()) return std::nullopt;
  return std::move(heads.front());
}

std::optional<OtherRecord> Vault::head_record(const TrustedKey& author) const {
  auto heads = head_records(author);
  if (heads.empty()) return std::nullopt;
  return std::move(heads.front());
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

}  // namespace lifeboat::vault
