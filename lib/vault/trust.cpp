#include "vault/trust.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "seal/sha256.h"
#include "vault/fields.h"
#include "vault/object_header.h"
#include "vault/object_names.h"
#include "vault/signing.h"

namespace lifeboat::vault {
namespace {

constexpr std::uint64_t kMaxFormatBytes = 4 * 1024;
constexpr std::uint64_t kMaxTrustBytes = 16 * 1024 * 1024;
constexpr std::string_view kTrustLabel = "lifeboat/v1/trust";
constexpr const char* kFormatWhat = "the vault's format object";

Bytes encode_key(const TrustedKey& key) {
  FieldsWriter fields;
  fields.critical(1, key.id.view())
      .critical(2, wire(static_cast<std::uint8_t>(key.role)))
      .optional(3, as_bytes(key.name))
      .critical(4, key.signing_key)
      .critical(5, key.box_key);
  for (const std::string& source : key.sources) fields.critical(6, as_bytes(source));
  if (key.void_after) {
    fields.critical(
        7, WireWriter().put(key.void_after->seq).put_bytes(key.void_after->hash.view()).bytes());
  }
  return fields.optional(8, wire(key.created)).take();
}

Role decode_role(const Field& field) {
  const auto value = field.integer<std::uint8_t>();
  if (value < 1 || value > 6) {
    throw Error(ErrorKind::corrupt, "a trust record lists a key of an unknown role");
  }
  return static_cast<Role>(value);
}

TrustedKey::Cut decode_cut(const Field& field) {
  WireReader reader = field.reader();
  TrustedKey::Cut cut;
  cut.seq = reader.get<std::uint64_t>();
  cut.hash.bytes = reader.get_array<32>();
  reader.expect_end();
  return cut;
}

TrustedKey decode_key(ByteView bytes) {
  TrustedKey key;
  FieldsReader fields(bytes, "a key of the trust record", {6});
  while (const auto field = fields.next()) {
    switch (field->number) {
      case 1:
        key.id.bytes = field->array<16>();
        break;
      case 2:
        key.role = decode_role(*field);
        break;
      case 3:
        key.name = field->text();
        break;
      case 4:
        key.signing_key = field->array<32>();
        break;
      case 5:
        key.box_key = field->array<32>();
        break;
      case 6:
        key.sources.push_back(field->text());
        break;
      case 7:
        key.void_after = decode_cut(*field);
        break;
      case 8:
        key.created = field->instant();
        break;
      default:
        field->unknown();
    }
  }
  fields.require({1, 2, 4, 5});
  if (key.id != key_id_of(key.signing_key)) {
    throw Error(ErrorKind::corrupt, "a trust record gives a key an id that is not its own");
  }
  return key;
}

Bytes encode_sealed(const SealedKey& sealed) {
  return FieldsWriter()
      .critical(1, wire(sealed.generation))
      .critical(2, wire(static_cast<std::uint8_t>(sealed.kind)))
      .critical(3, sealed.recipient.view())
      .critical(4, sealed.box)
      .take();
}

SealedKey decode_sealed(ByteView bytes) {
  SealedKey sealed;
  FieldsReader fields(bytes, "a sealed key of the trust record");
  while (const auto field = fields.next()) {
    switch (field->number) {
      case 1:
        sealed.generation = field->integer<Generation>();
        break;
      case 2:
        sealed.kind = static_cast<SealedKind>(field->integer<std::uint8_t>());
        break;
      case 3:
        sealed.recipient.bytes = field->array<16>();
        break;
      case 4:
        sealed.box.assign(field->value.begin(), field->value.end());
        break;
      default:
        field->unknown();
    }
  }
  fields.require({1, 2, 3, 4});
  return sealed;
}

void decode_floor(const Field& field, Trust& trust) {
  WireReader reader = field.reader();
  trust.floor_count = reader.get<std::uint32_t>();
  trust.floor_age = std::chrono::seconds(reader.get<std::uint64_t>());
  reader.expect_end();
}

Trust decode_body(ByteView body) {
  Trust trust;
  FieldsReader fields(body, "a trust record", {5, 7});
  while (const auto field = fields.next()) {
    switch (field->number) {
      case 1:
        trust.number = field->integer<std::uint32_t>();
        break;
      case 2:
        trust.previous.bytes = field->array<32>();
        break;
      case 3:
        trust.format_hash.bytes = field->array<32>();
        break;
      case 4:
        trust.created = field->instant();
        break;
      case 5:
        trust.keys.push_back(decode_key(field->value));
        break;
      case 6:
        trust.generation = field->integer<Generation>();
        break;
      case 7:
        trust.sealed.push_back(decode_sealed(field->value));
        break;
      case 8:
        decode_floor(*field, trust);
        break;
      case 9:
        trust.max_run = std::chrono::seconds(field->integer<std::uint64_t>());
        break;
      default:
        field->unknown();
    }
  }
  fields.require({1, 2, 3, 5, 6, 8, 9});
  return trust;
}

void require_unique_keys(const Trust& trust) {
  std::set<KeyId> ids;
  for (const TrustedKey& key : trust.keys) {
    if (!ids.insert(key.id).second) {
      throw Error(ErrorKind::corrupt, "a trust record lists one key twice");
    }
  }
}

std::uint32_t newest_trust(store::ObjectStore& store) {
  std::uint32_t newest = 0;
  store.list(names::kTrustPrefix, "", [&](const store::ObjectInfo& info) {
    const auto parsed = names::parse(info.key.name());
    if (parsed) newest = std::max(newest, static_cast<std::uint32_t>(parsed->number));
    return true;
  });
  return newest;
}

Trust fetch_trust(store::ObjectStore& store, std::uint32_t number, const Format& format) {
  const std::string what = "trust record " + std::to_string(number);
  const auto stored = store.get(names::trust(number), kMaxTrustBytes);
  if (!stored) throw Error(ErrorKind::stale, what + " is missing");
  Trust trust =
      with_context(what, [&] { return Trust::decode(*stored, format.vault, format.root_key); });
  if (trust.number != number) {
    throw Error(ErrorKind::corrupt, what + " holds record " + std::to_string(trust.number));
  }
  return trust;
}

/// Whether names are hashed.
bool decode_mode(const Field& field) {
  const auto mode = field.integer<std::uint8_t>();
  if (mode == 1 || mode == 2) return mode == 2;
  throw Error(ErrorKind::corrupt, std::string(kFormatWhat) + " asks for naming mode " +
                                      std::to_string(mode) +
                                      ", which this version of the format (1.0) does not know");
}

Format fetch_format(store::ObjectStore& store, ObjectHash& hash) {
  const auto stored = store.get(names::format(), kMaxFormatBytes);
  if (!stored) {
    throw Error(ErrorKind::not_found, "there is no vault at " + store.describe(),
                "check the path; `lifeboat vault create` makes a new one");
  }
  hash.bytes = seal::sha256(*stored);
  return Format::decode(*stored);
}

}  // namespace

Bytes Format::encode() const {
  WireWriter writer;
  put_object_header(writer, ObjectType::format, 0);
  writer.put_bytes(FieldsWriter()
                       .critical(1, vault.view())
                       .critical(2, wire(static_cast<std::uint8_t>(hashed_names ? 2 : 1)))
                       .critical(3, root_key)
                       .optional(4, wire(created))
                       .take());
  return writer.take();
}

Format Format::decode(ByteView stored) {
  WireReader reader(stored, kFormatWhat);
  static_cast<void>(read_object_header(reader, ObjectType::format, kFormatWhat));
  Format format;
  FieldsReader fields(reader.rest(), kFormatWhat);
  while (const auto field = fields.next()) {
    switch (field->number) {
      case 1:
        format.vault.bytes = field->array<16>();
        break;
      case 2:
        format.hashed_names = decode_mode(*field);
        break;
      case 3:
        format.root_key = field->array<32>();
        break;
      case 4:
        format.created = field->instant();
        break;
      default:
        field->unknown();
    }
  }
  fields.require({1, 2, 3});
  return format;
}

bool TrustedKey::may_write(const std::string& source) const {
  return role == Role::writer && std::ranges::any_of(sources, [&](const std::string& allowed) {
           return allowed == "*" || allowed == source;
         });
}

bool has_chain(Role role, ObjectType type) noexcept {
  if (type == ObjectType::snapshot) return role == Role::writer;
  return role != Role::writer && role != Role::viewer;
}

const TrustedKey* Trust::find(const KeyId& id) const {
  const auto at = std::ranges::find(keys, id, &TrustedKey::id);
  return at == keys.end() ? nullptr : &*at;
}

std::vector<const TrustedKey*> Trust::with_role(Role role) const {
  std::vector<const TrustedKey*> found;
  for (const TrustedKey& key : keys) {
    if (key.role == role) found.push_back(&key);
  }
  return found;
}

Bytes Trust::encode(const VaultId& vault, const seal::SigningKey& root) {
  FieldsWriter body;
  body.critical(1, wire(number))
      .critical(2, previous.view())
      .critical(3, format_hash.view())
      .optional(4, wire(created));
  for (const TrustedKey& key : keys) body.critical(5, encode_key(key));
  body.critical(6, wire(generation));
  for (const SealedKey& key : sealed) body.critical(7, encode_sealed(key));
  body.critical(
      8, WireWriter().put(floor_count).put(static_cast<std::uint64_t>(floor_age.count())).bytes());
  body.critical(9, wire(static_cast<std::uint64_t>(max_run.count())));

  const Bytes fields = body.take();
  WireWriter writer;
  put_object_header(writer, ObjectType::trust, 0);
  writer.put(static_cast<std::uint32_t>(fields.size())).put_bytes(fields);
  Bytes stored = signed_object(root, kTrustLabel, vault, writer.take());
  hash.bytes = seal::sha256(stored);
  return stored;
}

Trust Trust::decode(ByteView stored, const VaultId& vault, const ByteArray<32>& root_key) {
  const ByteView content = verified_content(root_key, kTrustLabel, vault, stored, "it");
  WireReader reader(content, "a trust record");
  static_cast<void>(read_object_header(reader, ObjectType::trust, "it"));
  const auto length = reader.get<std::uint32_t>();
  const ByteView body = reader.get_bytes(length);
  reader.expect_end();
  Trust trust = decode_body(body);
  require_unique_keys(trust);
  trust.hash.bytes = seal::sha256(stored);
  return trust;
}

TrustState load_trust(store::ObjectStore& store, const Capability& capability) {
  ObjectHash format_hash;
  TrustState state;
  state.format = fetch_format(store, format_hash);
  if (state.format.vault != capability.vault ||
      seal::hash({state.format.root_key}) != capability.root_fingerprint) {
    throw Error(ErrorKind::denied,
                "this " + std::string(name_of(capability.role)) +
                    " credential belongs to another vault than " + store.describe(),
                "use the keys that were written when this vault was created");
  }
  const std::uint32_t newest = newest_trust(store);
  if (newest < capability.trust_number) {
    throw Error(ErrorKind::stale,
                "the newest trust record is number " + std::to_string(newest) +
                    ", but this credential has seen number " +
                    std::to_string(capability.trust_number),
                "the vault was rolled back or part of it is hidden: compare it with its copy");
  }
  ObjectHash previous;
  for (std::uint32_t number = capability.trust_number; number <= newest; ++number) {
    state.trust = fetch_trust(store, number, state.format);
    const bool first = number == capability.trust_number;
    const bool linked =
        first ? state.trust.hash == capability.trust_hash : state.trust.previous == previous;
    if (!linked || state.trust.format_hash != format_hash) {
      throw Error(
          first && state.trust.format_hash == format_hash ? ErrorKind::stale : ErrorKind::corrupt,
          "trust record " + std::to_string(number) +
              " is not the one that this vault's history names");
    }
    previous = state.trust.hash;
  }
  const TrustedKey* self = state.trust.find(capability.key_id());
  if (self == nullptr && capability.role != Role::admin) {
    throw Error(ErrorKind::denied, "this credential is not, or no longer, listed in the vault");
  }
  if (self != nullptr && self->void_after) {
    throw Error(ErrorKind::denied,
                "this " + std::string(name_of(capability.role)) + " credential (" + self->name +
                    ") was revoked",
                "take the credential that replaced it; `lifeboat vault keys ls` shows who is who");
  }
  return state;
}

}  // namespace lifeboat::vault
