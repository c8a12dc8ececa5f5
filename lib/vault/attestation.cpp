#include "vault/attestation.h"

#include <algorithm>

#include "base/error.h"

namespace lifeboat::vault {
namespace {

constexpr std::uint8_t kAttestationKind = 1;
constexpr const char* kWhat = "a record";

Bytes encode_source(const SourceVerdict& source) {
  return FieldsWriter()
      .critical(1, as_bytes(source.name))
      .critical(2, wire(static_cast<std::uint8_t>(source.verdict)))
      .optional(3, wire(source.tables))
      .optional(4, wire(source.rows))
      .take();
}

Verdict decode_verdict(const Field& field) {
  return field.integer<std::uint8_t>() == 1 ? Verdict::proven : Verdict::not_proven;
}

SourceVerdict decode_source(ByteView bytes) {
  SourceVerdict source;
  FieldsReader fields(bytes, kWhat);
  while (const auto field = fields.next()) {
    switch (field->number) {
      case 1:
        source.name = field->text();
        break;
      case 2:
        source.verdict = decode_verdict(*field);
        break;
      case 3:
        source.tables = field->integer<std::uint64_t>();
        break;
      case 4:
        source.rows = field->integer<std::uint64_t>();
        break;
      default:
        field->unknown();
    }
  }
  fields.require({1, 2});
  return source;
}

/// Nothing if the record is of another kind.
std::optional<Attestation> decode_body(ByteView bytes) {
  Attestation attestation;
  bool is_attestation = false;
  FieldsReader fields(bytes, kWhat, {5});
  while (const auto field = fields.next()) {
    switch (field->number) {
      case 1:
        is_attestation = field->integer<std::uint8_t>() == kAttestationKind;
        break;
      case 2:
        attestation.snapshot.bytes = field->array<32>();
        break;
      case 3:
        attestation.verdict = decode_verdict(*field);
        break;
      case 4:
        attestation.report = field->text();
        break;
      case 5:
        attestation.sources.push_back(decode_source(field->value));
        break;
      default:
        field->unknown();
    }
  }
  fields.require({1});
  if (!is_attestation) return std::nullopt;
  fields.require({2, 3});
  return attestation;
}

}  // namespace

std::string_view name_of(Verdict verdict) noexcept {
  return verdict == Verdict::proven ? "proven" : "not_proven";
}

std::optional<Verdict> Attestation::verdict_on(std::string_view source) const {
  if (sources.empty()) return verdict;
  const auto at = std::ranges::find(sources, source, &SourceVerdict::name);
  return at == sources.end() ? std::nullopt : std::optional(at->verdict);
}

Bytes Attestation::encode(const seal::SigningKey& author, const seal::SecretKey& record_key) {
  FieldsWriter public_fields;
  put_link(public_fields, link);
  put_seen(public_fields, link);
  put_times(public_fields, link);
  FieldsWriter body;
  body.critical(1, wire(kAttestationKind))
      .optional(2, snapshot.view())
      .optional(3, wire(static_cast<std::uint8_t>(verdict)))
      .optional(4, as_bytes(report));
  for (const SourceVerdict& source : sources) body.optional(5, encode_source(source));
  return encode_record(ObjectType::record, link, public_fields.take(), body.take(), author,
                       record_key);
}

OtherRecord OtherRecord::decode(ByteView stored, const VaultId& vault, const TrustedKey& author,
                                const std::optional<seal::SecretKey>& record_key) {
  const VerifiedRecord verified = verify_record(ObjectType::record, stored, vault, author);
  OtherRecord record;
  FieldsReader fields(verified.public_fields, kWhat, {8, 13});
  while (const auto field = fields.next()) {
    if (!take_link_field(*field, record.link)) field->unknown();
  }
  fields.require({1, 2, 3, 4, 5});
  record.link.generation = verified.generation;
  record.link.id = verified.id;
  if (record.link.vault != vault || record.link.author != author.id) {
    throw Error(ErrorKind::corrupt, "a record belongs to another vault or author");
  }
  if (!record_key) return record;
  record.attestation =
      decode_body(open_record(ObjectType::record, verified, vault, author.id, *record_key));
  if (record.attestation) {
    if (author.role != Role::identity) {
      throw Error(ErrorKind::corrupt, "an attestation is void: its author is no identity");
    }
    record.attestation->link = record.link;
  }
  return record;
}

}  // namespace lifeboat::vault
