#include "vault/attestation.h"

#include <algorithm>

#include "vault/other_record.h"

namespace lifeboat::vault {
namespace {

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
  FieldsWriter body;
  body.critical(1, wire(static_cast<std::uint8_t>(RecordKind::attestation)))
      .optional(2, snapshot.view())
      .optional(3, wire(static_cast<std::uint8_t>(verdict)))
      .optional(4, as_bytes(report));
  for (const SourceVerdict& source : sources) body.optional(5, encode_source(source));
  return encode_other_record(link, {}, body.take(), author, record_key);
}

Attestation decode_attestation(ByteView sealed_fields) {
  Attestation attestation;
  FieldsReader fields(sealed_fields, kWhat, {5});
  while (const auto field = fields.next()) {
    switch (field->number) {
      case 1:
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
  fields.require({1, 2, 3});
  return attestation;
}

}  // namespace lifeboat::vault
