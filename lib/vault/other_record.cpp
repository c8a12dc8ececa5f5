#include "vault/other_record.h"

#include "base/error.h"

namespace lifeboat::vault {
namespace {

constexpr const char* kWhat = "a record";

/// Kind and body; fields of attestations are decode_attestation()'s.
void read_sealed_fields(OtherRecord& record, ByteView bytes) {
  std::uint8_t kind = 0;
  FieldsReader fields(bytes, kWhat, {5});
  while (const auto field = fields.next()) {
    switch (field->number) {
      case 1:
        kind = field->integer<std::uint8_t>();
        break;
      case 4:
        record.body = field->text();
        break;
      case 2:
      case 3:
      case 5:
        break;
      default:
        field->unknown();
    }
  }
  fields.require({1});
  if (kind < static_cast<std::uint8_t>(RecordKind::attestation) ||
      kind > static_cast<std::uint8_t>(RecordKind::check)) {
    return;
  }
  record.kind = static_cast<RecordKind>(kind);
}

}  // namespace

bool may_author(Role role, RecordKind kind) noexcept {
  switch (kind) {
    case RecordKind::attestation:
    case RecordKind::erasure:
      return role == Role::identity;
    case RecordKind::forget:
    case RecordKind::sweep:
      return role == Role::pruner;
    case RecordKind::pin:
      return role == Role::identity || role == Role::operator_ || role == Role::pruner;
    case RecordKind::review:
    case RecordKind::drill:
    case RecordKind::check:
      return role == Role::identity || role == Role::operator_;
  }
  return false;
}

OtherRecord OtherRecord::decode(ByteView stored, const VaultId& vault, const TrustedKey& author,
                                const std::optional<seal::SecretKey>& record_key) {
  const VerifiedRecord verified = verify_record(ObjectType::record, stored, vault, author);
  OtherRecord record;
  FieldsReader fields(verified.public_fields, kWhat, {8, 13, 17});
  Sweep sweep;
  while (const auto field = fields.next()) {
    if (take_link_field(*field, record.link)) continue;
    if (author.role != Role::pruner || !sweep.take(*field)) field->unknown();
  }
  fields.require({1, 2, 3, 4, 5});
  record.link.generation = verified.generation;
  record.link.id = verified.id;
  if (record.link.vault != vault || record.link.author != author.id) {
    throw Error(ErrorKind::corrupt, "a record belongs to another vault or author");
  }
  if (sweep.complete()) {
    fields.require({21});
    record.sweep = std::move(sweep);
    record.sweep->link = record.link;
  }
  if (!record_key) return record;
  const Bytes sealed_fields =
      open_record(ObjectType::record, verified, vault, author.id, *record_key);
  read_sealed_fields(record, sealed_fields);
  if (record.sweep.has_value() != (record.kind == RecordKind::sweep)) {
    throw Error(ErrorKind::corrupt,
                "a record says in public that it is a sweep, or only in secret");
  }
  if (!record.kind) return record;
  if (!may_author(author.role, *record.kind)) {
    throw Error(ErrorKind::corrupt, record.kind == RecordKind::attestation
                                        ? "an attestation is void: its author is no identity"
                                        : "a record is void: its author, the " +
                                              std::string(name_of(author.role)) +
                                              ", may make none of that kind");
  }
  if (record.kind == RecordKind::attestation) {
    record.attestation = decode_attestation(sealed_fields);
    record.attestation->link = record.link;
    record.body.clear();
  }
  return record;
}

Bytes encode_other_record(Link& link, ByteView more_public, ByteView sealed_fields,
                          const seal::SigningKey& author, const seal::SecretKey& record_key) {
  FieldsWriter fields;
  put_link(fields, link);
  put_seen(fields, link);
  put_times(fields, link);
  put_parents(fields, link);
  Bytes public_fields = fields.take();
  public_fields.insert(public_fields.end(), more_public.begin(), more_public.end());
  return encode_record(ObjectType::record, link, public_fields, sealed_fields, author, record_key);
}

Bytes json_record_fields(RecordKind kind, std::string_view body) {
  return FieldsWriter()
      .critical(1, wire(static_cast<std::uint8_t>(kind)))
      .optional(4, as_bytes(body))
      .take();
}

}  // namespace lifeboat::vault
