#include "vault/claim.h"

#include "base/error.h"
#include "seal/sha256.h"
#include "vault/object_names.h"

namespace lifeboat::vault {
namespace {

constexpr const char* kWhat = "a claim";
constexpr std::uint16_t kExpires = 17;

/// Whether a holder of that role may take up such a matter.
bool may_claim(Role role, const std::string& kind) {
  if (kind == "snapshot") return role == Role::writer;
  return role == Role::identity || role == Role::operator_;
}

bool put(const Vault& vault, const store::ObjectKey& key, Instant now, Instant expires) {
  const auto record_key = vault.keyring().record_key(vault.generation(), vault.self_id());
  if (!record_key) {
    throw Error(ErrorKind::denied,
                "the " + std::string(name_of(vault.self().role)) + " credential may claim nothing");
  }
  Link link;
  link.generation = vault.generation();
  link.vault = vault.id();
  link.author = vault.self_id();
  link.seq = 1;
  link.trust_number = vault.trust().number;
  link.trust_hash = vault.trust().hash;
  link.started = now;
  link.finished = now;
  FieldsWriter fields;
  put_link(fields, link);
  put_times(fields, link);
  const Bytes public_fields = fields.optional(kExpires, wire(expires)).take();
  const Bytes sealed = FieldsWriter().critical(1, as_bytes(key.name())).take();
  return vault.store().put(key, encode_record(ObjectType::claim, link, public_fields, sealed,
                                              vault.self().signing_key(), *record_key)) ==
         store::PutResult::created;
}

/// The author stands in the fields that his signature covers: they are read first, and believed
/// once it fits.
KeyId author_in(ByteView stored) {
  WireReader reader(stored, kWhat);
  static_cast<void>(reader.get_bytes(16 + 4));
  FieldsReader fields(reader.rest(), kWhat);
  while (const auto field = fields.next()) {
    if (field->number == 2) return KeyId{field->array<16>()};
    if (field->number > 2) break;
  }
  throw Error(ErrorKind::corrupt, "a claim names no author");
}

Instant read_expiry(const Vault& vault, const Claimed& claimed, const Bytes& stored) {
  const TrustedKey* author = vault.trust().find(author_in(stored));
  if (author == nullptr || author->void_after || !may_claim(author->role, claimed.kind)) {
    throw Error(ErrorKind::corrupt, "a claim is void");
  }
  const VerifiedRecord verified = verify_record(ObjectType::claim, stored, vault.id(), *author);
  Link link;
  Instant expires;
  FieldsReader fields(verified.public_fields, kWhat, {8, 13});
  while (const auto field = fields.next()) {
    if (field->number == kExpires) {
      expires = field->instant();
    } else if (!take_link_field(*field, link)) {
      field->unknown();
    }
  }
  fields.require({1, 2, 3, 4, 5});
  if (link.vault != vault.id() || expires - link.started > kLongestClaim) {
    throw Error(ErrorKind::corrupt, "a claim is void");
  }
  return expires;
}

}  // namespace

std::string claim_name_of(const std::string& name) {
  std::string lower = name;
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (lower == name) return name;
  return lower + "." + to_hex(seal::sha256(as_bytes(name))).substr(0, 16);
}

ClaimListing list_claims(const Vault& vault) {
  ClaimListing listing;
  vault.store().list(names::kClaimPrefix, "", [&](const store::ObjectInfo& info) {
    const auto parsed = names::parse(info.key.name());
    if (!parsed) return true;
    ClaimState& state = listing.claims[{parsed->claim_kind, parsed->claim_name, parsed->claim_due}];
    if (parsed->number == 0) {
      state.ended = true;
    } else {
      state.attempts = std::max(state.attempts, parsed->number);
    }
    if (!listing.newest_stored || info.stored_at > *listing.newest_stored) {
      listing.newest_stored = info.stored_at;
    }
    return true;
  });
  return listing;
}

void require_right_clock(const ClaimListing& listing, Instant now) {
  if (!listing.newest_stored || *listing.newest_stored <= now + kMostClockError) return;
  throw Error(ErrorKind::refused,
              "this machine's clock says " + to_rfc3339(now) +
                  ", but the vault holds what was stored at " + to_rfc3339(*listing.newest_stored),
              "set the clock: what is due goes by it, and drills measure time");
}

bool put_claim(const Vault& vault, const Claimed& claimed, std::uint64_t attempt, Instant now,
               Instant expires) {
  return put(vault, names::claim(claimed.kind, claimed.name, claimed.due, attempt), now, expires);
}

bool put_end(const Vault& vault, const Claimed& claimed, Instant now) {
  return put(vault, names::claim(claimed.kind, claimed.name, claimed.due, 0), now, now);
}

Instant expiry_of(const Vault& vault, const Claimed& claimed, std::uint64_t attempt) {
  const auto stored = vault.store().get(
      names::claim(claimed.kind, claimed.name, claimed.due, attempt), kMaxRecordBytes);
  if (!stored) return Instant();
  try {
    return read_expiry(vault, claimed, *stored);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::corrupt) throw;
    return Instant();
  }
}

std::optional<Instant> stored_at(const Vault& vault, const Claimed& claimed,
                                 std::uint64_t attempt) {
  const auto found =
      vault.store().find(names::claim(claimed.kind, claimed.name, claimed.due, attempt));
  return found ? std::optional(found->stored_at) : std::nullopt;
}

}  // namespace lifeboat::vault
