#include "vault/session.h"

#include <algorithm>

#include "base/error.h"
#include "vault/fields.h"
#include "vault/object_header.h"

namespace lifeboat::vault {
namespace {

constexpr std::size_t kMacBytes = 32;
constexpr ByteArray<1> kZero{};
constexpr const char* kWhat = "a session header";

seal::Hash context_of(const SessionHeader& header) {
  const Bytes generation = wire(header.generation);
  return seal::hash({as_bytes("lifeboat/v1/session"), kZero, header.vault.view(), generation,
                     header.id.view(), header.writer.view()});
}

Bytes encode_recipient(const SessionHeader::Recipient& recipient) {
  return FieldsWriter().critical(1, recipient.key.view()).critical(2, recipient.box).take();
}

SessionHeader::Recipient decode_recipient(ByteView bytes) {
  SessionHeader::Recipient recipient;
  FieldsReader fields(bytes, "a recipient of a session header");
  while (const auto field = fields.next()) {
    switch (field->number) {
      case 1:
        recipient.key.bytes = field->array<16>();
        break;
      case 2:
        recipient.box.assign(field->value.begin(), field->value.end());
        break;
      default:
        field->unknown();
    }
  }
  fields.require({1, 2});
  return recipient;
}

/// Everything but the MAC.
Bytes encode_body(const SessionHeader& header) {
  FieldsWriter fields;
  fields.critical(1, header.vault.view())
      .critical(2, header.id.view())
      .critical(3, header.writer.view())
      .critical(4, WireWriter().put(header.trust_number).put_bytes(header.trust_hash.view()).take())
      .optional(5, wire(header.started));
  for (const auto& recipient : header.recipients) fields.critical(6, encode_recipient(recipient));
  const Bytes body = fields.take();
  WireWriter writer;
  put_object_header(writer, ObjectType::session, header.generation);
  writer.put(static_cast<std::uint32_t>(body.size())).put_bytes(body);
  return writer.take();
}

void decode_trust(const Field& field, SessionHeader& header) {
  WireReader reader = field.reader();
  header.trust_number = reader.get<std::uint32_t>();
  header.trust_hash.bytes = reader.get_array<32>();
  reader.expect_end();
}

/// Fills in the recipients; returns the header as stored.
Bytes seal_to_readers(SessionHeader& header, const seal::SecretKey& session_key,
                      const Trust& trust) {
  const SessionKeys keys = SessionKeys::from(session_key);
  Bytes plaintext;
  append(plaintext, session_key.reveal());
  append(plaintext, keys.commitment.reveal());
  append(plaintext, context_of(header));
  header.recipients.clear();
  for (const TrustedKey* reader : trust.with_role(Role::identity)) {
    if (reader->void_after) continue;
    header.recipients.push_back({reader->id, seal::box_seal(reader->box_key, plaintext)});
  }
  seal::wipe(plaintext);
  if (header.recipients.empty()) {
    throw Error(ErrorKind::refused, "nobody could read this snapshot: trust lists no identity");
  }
  Bytes stored = encode_body(header);
  append(stored, seal::keyed_hash(keys.header_mac, {stored}));
  return stored;
}

}  // namespace

SessionKeys SessionKeys::from(const seal::SecretKey& session_key) {
  const auto derived = [&](std::uint64_t number) {
    return seal::subkey(session_key, number, "LBsessn_");
  };
  return {.data = derived(1),
          .meta = derived(2),
          .commitment = derived(3),
          .header_mac = derived(4),
          .private_id = derived(5)};
}

SessionHeader SessionHeader::decode(ByteView stored) {
  WireReader reader(stored, kWhat);
  SessionHeader header;
  header.generation = read_object_header(reader, ObjectType::session, kWhat);
  const auto length = reader.get<std::uint32_t>();
  FieldsReader fields(reader.get_bytes(length), kWhat, {6});
  static_cast<void>(reader.get_bytes(kMacBytes));
  reader.expect_end();
  while (const auto field = fields.next()) {
    switch (field->number) {
      case 1:
        header.vault.bytes = field->array<16>();
        break;
      case 2:
        header.id.bytes = field->array<16>();
        break;
      case 3:
        header.writer.bytes = field->array<16>();
        break;
      case 4:
        decode_trust(*field, header);
        break;
      case 5:
        header.started = field->instant();
        break;
      case 6:
        header.recipients.push_back(decode_recipient(field->value));
        break;
      default:
        field->unknown();
    }
  }
  fields.require({1, 2, 3, 4, 6});
  return header;
}

void SessionHeader::require_place(const VaultId& of_vault, Generation of_generation,
                                  const SessionId& of_session) const {
  if (vault == of_vault && generation == of_generation && id == of_session) return;
  throw Error(ErrorKind::corrupt, "it belongs to another session, generation or vault");
}

void SessionHeader::require_writer(const KeyId& author) const {
  if (writer == author) return;
  throw Error(ErrorKind::corrupt, "it is of another writer's session than the snapshot");
}

NewSession start_session(const TrustState& state, const KeyId& writer, Instant now) {
  const seal::SecretKey session_key = seal::random_key();
  NewSession session;
  session.keys = SessionKeys::from(session_key);
  SessionHeader& header = session.header;
  header = {.vault = state.format.vault,
            .generation = state.trust.generation,
            .id = {seal::random_array<16>()},
            .writer = writer,
            .trust_number = state.trust.number,
            .trust_hash = state.trust.hash,
            .started = now,
            .recipients = {}};
  session.stored = seal_to_readers(header, session_key, state.trust);
  return session;
}

Bytes seal_session_again(const SessionHeader& plain, const seal::SecretKey& session_key,
                         const TrustState& state) {
  SessionHeader header = plain;
  header.trust_number = state.trust.number;
  header.trust_hash = state.trust.hash;
  return seal_to_readers(header, session_key, state.trust);
}

bool has_session_mac(ByteView stored, const SessionKeys& keys) {
  return seal::equal_in_constant_time(
      stored.last(kMacBytes),
      seal::keyed_hash(keys.header_mac, {stored.first(stored.size() - kMacBytes)}));
}

seal::SecretKey open_session_key(ByteView stored, const Capability& reader) {
  const SessionHeader header = SessionHeader::decode(stored);
  const auto recipient =
      std::ranges::find(header.recipients, reader.key_id(), &SessionHeader::Recipient::key);
  if (recipient == header.recipients.end()) {
    throw Error(ErrorKind::denied,
                "session " + header.id.hex() + " is not sealed to this credential",
                "an identity that was added later reads it after it has been sealed again");
  }
  auto plaintext = seal::box_open(reader.box_key(), recipient->box);
  if (!plaintext || plaintext->size() != 96) {
    throw Error(ErrorKind::corrupt, "the key of session " + header.id.hex() + " does not open");
  }
  const ByteView view(*plaintext);
  const seal::SecretKey session_key(std::span<const std::uint8_t, 32>(plaintext->data(), 32));
  const SessionKeys keys = SessionKeys::from(session_key);
  const bool fits = seal::equal_in_constant_time(view.subspan(32, 32), keys.commitment.reveal()) &&
                    seal::equal_in_constant_time(view.subspan(64, 32), context_of(header)) &&
                    has_session_mac(stored, keys);
  seal::wipe(*plaintext);
  if (!fits) {
    throw Error(ErrorKind::corrupt,
                "the header of session " + header.id.hex() + " is not what its writer sealed");
  }
  return session_key;
}

SessionKeys open_session(ByteView stored, const Capability& reader) {
  return SessionKeys::from(open_session_key(stored, reader));
}

}  // namespace lifeboat::vault
