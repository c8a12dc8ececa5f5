#include "vault/snapshot_record.h"

#include "base/error.h"

namespace lifeboat::vault {
namespace {

constexpr const char* kWhat = "a snapshot record";

Bytes encode_not_carried(const NotCarried& item) {
  return FieldsWriter()
      .optional(1, as_bytes(item.object))
      .optional(2, as_bytes(item.reason))
      .optional(3, wire(static_cast<std::uint8_t>(item.severity == Severity::loss ? 2 : 1)))
      .take();
}

NotCarried decode_not_carried(ByteView bytes) {
  NotCarried item;
  FieldsReader fields(bytes, kWhat);
  while (const auto field = fields.next()) {
    switch (field->number) {
      case 1:
        item.object = field->text();
        break;
      case 2:
        item.reason = field->text();
        break;
      case 3:
        item.severity = field->integer<std::uint8_t>() == 1 ? Severity::harmless : Severity::loss;
        break;
      default:
        field->unknown();
    }
  }
  return item;
}

Bytes encode_source(const SourceSummary& source) {
  FieldsWriter fields;
  fields.critical(1, as_bytes(source.name))
      .critical(2, as_bytes(source.kind))
      .optional(3, as_bytes(source.identity))
      .critical(4, wire(source.at))
      .critical(5, as_bytes(source.guarantee))
      .optional(6, wire(source.rows))
      .optional(7, wire(source.read_bytes))
      .optional(8, wire(source.tables))
      .optional(9, as_bytes(source.version));
  for (const NotCarried& item : source.not_carried) {
    fields.optional(10, encode_not_carried(item));
  }
  return fields.optional(11, wire(static_cast<std::uint8_t>(source.average_log2))).take();
}

SourceSummary decode_source(ByteView bytes) {
  SourceSummary source;
  FieldsReader fields(bytes, kWhat, {10});
  while (const auto field = fields.next()) {
    switch (field->number) {
      case 1:
        source.name = field->text();
        break;
      case 2:
        source.kind = field->text();
        break;
      case 3:
        source.identity = field->text();
        break;
      case 4:
        source.at = field->instant();
        break;
      case 5:
        source.guarantee = field->text();
        break;
      case 6:
        source.rows = field->integer<std::uint64_t>();
        break;
      case 7:
        source.read_bytes = field->integer<std::uint64_t>();
        break;
      case 8:
        source.tables = field->integer<std::uint64_t>();
        break;
      case 9:
        source.version = field->text();
        break;
      case 10:
        source.not_carried.push_back(decode_not_carried(field->value));
        break;
      case 11:
        source.average_log2 = field->integer<std::uint8_t>();
        break;
      default:
        field->unknown();
    }
  }
  fields.require({1, 2, 4, 5});
  return source;
}

Bytes encode_body(const SnapshotBody& body) {
  FieldsWriter fields;
  for (const SourceSummary& source : body.sources) fields.critical(1, encode_source(source));
  fields.critical(2, body.streams.view()).optional(3, wire(body.stored_bytes));
  for (const std::string& tag : body.tags) fields.optional(4, as_bytes(tag));
  if (!body.note.empty()) fields.optional(5, as_bytes(body.note));
  if (!body.reason.empty()) fields.optional(6, as_bytes(body.reason));
  return fields.optional(7, as_bytes(body.program)).take();
}

SnapshotBody decode_body(ByteView bytes) {
  SnapshotBody body;
  FieldsReader fields(bytes, kWhat, {1, 4});
  while (const auto field = fields.next()) {
    switch (field->number) {
      case 1:
        body.sources.push_back(decode_source(field->value));
        break;
      case 2:
        body.streams.bytes = field->array<32>();
        break;
      case 3:
        body.stored_bytes = field->integer<std::uint64_t>();
        break;
      case 4:
        body.tags.push_back(field->text());
        break;
      case 5:
        body.note = field->text();
        break;
      case 6:
        body.reason = field->text();
        break;
      case 7:
        body.program = field->text();
        break;
      default:
        field->unknown();
    }
  }
  fields.require({2});
  return body;
}

SessionRef decode_session(ByteView bytes) {
  SessionRef session;
  FieldsReader fields(bytes, kWhat);
  while (const auto field = fields.next()) {
    switch (field->number) {
      case 1:
        session.generation = field->integer<Generation>();
        break;
      case 2:
        session.id.bytes = field->array<16>();
        break;
      case 3:
        session.header_hash.bytes = field->array<32>();
        break;
      default:
        field->unknown();
    }
  }
  fields.require({1, 2, 3});
  return session;
}

SegmentRef decode_segment(const Field& field) {
  WireReader reader = field.reader();
  SegmentRef segment;
  segment.hash.bytes = reader.get_array<32>();
  segment.generation = reader.get<Generation>();
  segment.stored_bytes = reader.get<std::uint32_t>();
  reader.expect_end();
  return segment;
}

Bytes encode_public(const SnapshotRecord& record) {
  FieldsWriter fields;
  put_link(fields, record.link);
  for (const SessionRef& session : record.sessions) {
    fields.critical(6, FieldsWriter()
                           .critical(1, wire(session.generation))
                           .critical(2, session.id.view())
                           .critical(3, session.header_hash.view())
                           .take());
  }
  for (const SegmentRef& segment : record.segments) {
    fields.critical(7, WireWriter()
                           .put_bytes(segment.hash.view())
                           .put(segment.generation)
                           .put(segment.stored_bytes)
                           .take());
  }
  put_seen(fields, record.link);
  fields.critical(9, wire(static_cast<std::uint8_t>(record.complete ? 1 : 2)));
  put_times(fields, record.link);
  fields.optional(12, wire(record.store_time));
  put_parents(fields, record.link);
  if (!record.base.is_zero()) fields.optional(14, record.base.view());
  put_known_marks(fields, record.known_marks, false);
  return fields.take();
}

SnapshotRecord decode_public(ByteView bytes) {
  SnapshotRecord record;
  FieldsReader fields(bytes, kWhat, {6, 7, 8, 13, 17});
  while (const auto field = fields.next()) {
    if (take_link_field(*field, record.link)) continue;
    switch (field->number) {
      case 6:
        record.sessions.push_back(decode_session(field->value));
        break;
      case 7:
        record.segments.push_back(decode_segment(*field));
        break;
      case 9:
        record.complete = field->integer<std::uint8_t>() == 1;
        break;
      case 12:
        record.store_time = field->instant();
        break;
      case 14:
        record.base.bytes = field->array<32>();
        break;
      case 17:
        take_known_mark(*field, record.known_marks);
        break;
      default:
        field->unknown();
    }
  }
  fields.require({1, 2, 3, 4, 5, 6, 9});
  return record;
}

void require_allowed(const SnapshotRecord& record, const TrustedKey& writer) {
  const bool is_void = writer.void_after && record.link.seq > writer.void_after->seq;
  if (writer.role != Role::writer || is_void) {
    throw Error(ErrorKind::corrupt, "a snapshot record is void: its writer may not write it");
  }
  if (!record.body) return;
  for (const SourceSummary& source : record.body->sources) {
    if (writer.may_write(source.name)) continue;
    throw Error(ErrorKind::corrupt,
                "a snapshot record is void: its writer is not listed for " + source.name);
  }
}

}  // namespace

Bytes SnapshotRecord::encode(const seal::SigningKey& writer, const seal::SecretKey& record_key) {
  const Bytes public_fields = encode_public(*this);
  return encode_record(ObjectType::snapshot, link, public_fields, encode_body(body.value()), writer,
                       record_key);
}

SnapshotRecord SnapshotRecord::decode(ByteView stored, const VaultId& vault,
                                      const TrustedKey& writer,
                                      const std::optional<seal::SecretKey>& record_key) {
  const VerifiedRecord verified = verify_record(ObjectType::snapshot, stored, vault, writer);
  SnapshotRecord record = decode_public(verified.public_fields);
  record.link.generation = verified.generation;
  record.link.id = verified.id;
  if (record.link.vault != vault || record.link.author != writer.id) {
    throw Error(ErrorKind::corrupt, "a snapshot record belongs to another vault or writer");
  }
  if (record_key) {
    const Bytes body = open_record(ObjectType::snapshot, verified, vault, writer.id, *record_key);
    record.body = decode_body(body);
  }
  require_allowed(record, writer);
  return record;
}

}  // namespace lifeboat::vault
