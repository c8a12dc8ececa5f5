#include "vault/record_frame.h"

#include <algorithm>

#include "base/error.h"
#include "seal/sha256.h"
#include "vault/object_header.h"
#include "vault/signing.h"

namespace lifeboat::vault {
namespace {

constexpr std::size_t kNonceBytes = 24;

const char* what_is(ObjectType type) {
  if (type == ObjectType::claim) return "a claim";
  return type == ObjectType::snapshot ? "a snapshot record" : "a record";
}
std::string_view label_of(ObjectType type) {
  if (type == ObjectType::claim) return "lifeboat/v1/claim";
  return type == ObjectType::snapshot ? "lifeboat/v1/snapshot" : "lifeboat/v1/record";
}

Bytes additional_data(ObjectType type, const VaultId& vault, Generation generation,
                      const KeyId& author, ByteView public_fields) {
  return WireWriter()
      .put(std::uint8_t{1})
      .put_bytes(vault.view())
      .put(generation)
      .put(static_cast<std::uint8_t>(type))
      .put_bytes(author.view())
      .put_bytes(seal::sha256(public_fields))
      .take();
}

void take_trust(const Field& field, Link& link) {
  WireReader reader = field.reader();
  link.trust_number = reader.get<std::uint32_t>();
  link.trust_hash.bytes = reader.get_array<32>();
  reader.expect_end();
}

SeenHead decode_seen(const Field& field) {
  WireReader reader = field.reader();
  SeenHead head;
  head.author.bytes = reader.get_array<16>();
  head.type = static_cast<ObjectType>(reader.get<std::uint8_t>());
  head.seq = reader.get<std::uint64_t>();
  head.id.bytes = reader.get_array<32>();
  reader.expect_end();
  return head;
}

}  // namespace

void put_link(FieldsWriter& fields, const Link& link) {
  fields.critical(1, link.vault.view())
      .critical(2, link.author.view())
      .critical(3, wire(link.seq))
      .critical(4, link.previous.view())
      .critical(5, WireWriter().put(link.trust_number).put_bytes(link.trust_hash.view()).take());
}

void put_seen(FieldsWriter& fields, const Link& link) {
  for (const SeenHead& head : link.seen) {
    fields.optional(8, WireWriter()
                           .put_bytes(head.author.view())
                           .put(static_cast<std::uint8_t>(head.type))
                           .put(head.seq)
                           .put_bytes(head.id.view())
                           .take());
  }
}

bool take_link_field(const Field& field, Link& link) {
  switch (field.number) {
    case 1:
      link.vault.bytes = field.array<16>();
      return true;
    case 2:
      link.author.bytes = field.array<16>();
      return true;
    case 3:
      link.seq = field.integer<std::uint64_t>();
      return true;
    case 4:
      link.previous.bytes = field.array<32>();
      return true;
    case 5:
      take_trust(field, link);
      return true;
    case 8:
      link.seen.push_back(decode_seen(field));
      return true;
    case 10:
      link.started = field.instant();
      return true;
    case 11:
      link.finished = field.instant();
      return true;
    default:
      return false;
  }
}

void put_times(FieldsWriter& fields, const Link& link) {
  fields.optional(10, wire(link.started)).optional(11, wire(link.finished));
}

Bytes encode_record(ObjectType type, Link& link, ByteView public_fields, ByteView sealed_fields,
                    const seal::SigningKey& author, const seal::SecretKey& record_key) {
  WireWriter object;
  put_object_header(object, type, link.generation);
  object.put(static_cast<std::uint32_t>(public_fields.size())).put_bytes(public_fields);
  object.put(static_cast<std::uint32_t>(kNonceBytes + sealed_fields.size() + seal::kTagBytes));
  const auto nonce = seal::random_array<kNonceBytes>();
  object.put_bytes(nonce);
  Bytes content = object.take();
  seal::aead_seal(record_key, nonce,
                  additional_data(type, link.vault, link.generation, link.author, public_fields),
                  sealed_fields, content);
  Bytes stored = signed_object(author, label_of(type), link.vault, std::move(content));
  if (stored.size() > kMaxRecordBytes) {
    throw Error(ErrorKind::refused, std::string(what_is(type)) + " would pass 16 MiB");
  }
  link.id.bytes = seal::sha256(stored);
  return stored;
}

VerifiedRecord verify_record(ObjectType type, ByteView stored, const VaultId& vault,
                             const TrustedKey& author) {
  const char* what = what_is(type);
  WireReader reader(verified_content(author.signing_key, label_of(type), vault, stored, what),
                    what);
  VerifiedRecord record;
  record.generation = read_object_header(reader, type, what);
  record.public_fields = reader.get_bytes(reader.get<std::uint32_t>());
  record.sealed = reader.get_bytes(reader.get<std::uint32_t>());
  reader.expect_end();
  record.id.bytes = seal::sha256(stored);
  return record;
}

Generation record_generation(ObjectType type, ByteView stored) {
  WireReader reader(stored, what_is(type));
  return read_object_header(reader, type, what_is(type));
}

Bytes open_record(ObjectType type, const VerifiedRecord& record, const VaultId& vault,
                  const KeyId& author, const seal::SecretKey& record_key) {
  seal::Nonce nonce;
  if (record.sealed.size() < nonce.size()) {
    throw Error(ErrorKind::corrupt, std::string(what_is(type)) + " is truncated");
  }
  std::ranges::copy(record.sealed.first(nonce.size()), nonce.begin());
  auto plaintext =
      seal::aead_open(record_key, nonce,
                      additional_data(type, vault, record.generation, author, record.public_fields),
                      record.sealed.subspan(nonce.size()));
  if (!plaintext) {
    throw Error(ErrorKind::corrupt, std::string(what_is(type)) + " does not open with its key");
  }
  return std::move(*plaintext);
}

}  // namespace lifeboat::vault
