#include "vault/index_frame.h"

#include <algorithm>

#include "base/error.h"
#include "base/wire.h"
#include "seal/sha256.h"
#include "vault/fields.h"
#include "vault/object_header.h"
#include "vault/signing.h"

namespace lifeboat::vault {
namespace {

constexpr std::size_t kNonceBytes = 24;
constexpr std::size_t kSignatureBytes = 64;
constexpr std::string_view kLabel = "lifeboat/v1/index";
constexpr const char* kWhat = "an index segment";

Bytes additional_data(const VaultId& vault, Generation generation, const KeyId& writer,
                      ByteView public_fields) {
  return WireWriter()
      .put(std::uint8_t{1})
      .put_bytes(vault.view())
      .put(generation)
      .put(static_cast<std::uint8_t>(ObjectType::index_segment))
      .put_bytes(writer.view())
      .put_bytes(seal::sha256(public_fields))
      .take();
}

struct PublicFields {
  VaultId vault;
  KeyId writer;
  std::uint8_t level = 0;
  std::optional<FlushMark> flush;
};

PublicFields decode_public(ByteView bytes) {
  PublicFields result;
  FlushMark mark;
  int sessions = 0;
  bool has_header = false;
  FieldsReader fields(bytes, kWhat, {4});
  while (const auto field = fields.next()) {
    switch (field->number) {
      case 1:
        result.vault.bytes = field->array<16>();
        break;
      case 2:
        result.writer.bytes = field->array<16>();
        break;
      case 3:
        result.level = field->integer<std::uint8_t>();
        break;
      case 4:
        mark.session.bytes = field->array<16>();
        ++sessions;
        break;
      case 5:
        mark.ordinal = field->integer<std::uint32_t>();
        break;
      case 6:
        mark.header_hash.bytes = field->array<32>();
        has_header = true;
        break;
      default:
        field->unknown();
    }
  }
  fields.require({1, 2});
  if (sessions == 1 && has_header) result.flush = mark;
  return result;
}

Bytes encode_public(const VaultId& vault, const KeyId& writer, std::uint8_t level,
                    const std::optional<FlushMark>& flush) {
  FieldsWriter fields;
  fields.critical(1, vault.view()).critical(2, writer.view()).optional(3, wire(level));
  if (flush) {
    fields.optional(4, flush->session.view())
        .optional(5, wire(flush->ordinal))
        .optional(6, flush->header_hash.view());
  }
  return fields.take();
}

}  // namespace

SegmentFrame::SegmentFrame(const VaultId& vault, Generation generation, std::uint8_t level,
                           const seal::SigningKey& writer, const IndexKeys& keys,
                           std::size_t most_plain_bytes, const std::optional<FlushMark>& flush)
    : vault_(vault), generation_(generation), writer_(writer), keys_(keys) {
  public_fields_ = encode_public(vault, key_id_of(writer.public_key), level, flush);
  nonce_ = seal::random_array<kNonceBytes>();
  WireWriter object;
  object.put_bytes(signing_prefix(kLabel, vault));
  prefix_bytes_ = object.bytes().size();
  put_object_header(object, ObjectType::index_segment, generation);
  object.put(static_cast<std::uint32_t>(public_fields_.size())).put_bytes(public_fields_);
  object.put(std::uint32_t{0}).put_bytes(nonce_);
  bytes_.reserve(object.bytes().size() + most_plain_bytes + seal::kTagBytes + kSignatureBytes);
  append(bytes_, object.bytes());
  plain_at_ = bytes_.size();
}

void SegmentFrame::overwrite(std::size_t position, std::uint32_t value) {
  for (std::size_t i = 0; i < sizeof value; ++i) {
    bytes_[position + i] = static_cast<std::uint8_t>(value >> (8 * i));
  }
}

Bytes SegmentFrame::finish() {
  const std::size_t sealed_bytes = kNonceBytes + bytes_.size() - plain_at_ + seal::kTagBytes;
  overwrite(plain_at_ - kNonceBytes - sizeof(std::uint32_t),
            static_cast<std::uint32_t>(sealed_bytes));
  seal::aead_seal_in_place(
      keys_.aead, nonce_,
      additional_data(vault_, generation_, key_id_of(writer_.public_key), public_fields_), bytes_,
      plain_at_);
  return signed_in_place(writer_, std::move(bytes_), prefix_bytes_);
}

std::optional<FlushFront> read_flush_front(ByteView first_bytes) {
  try {
    WireReader reader(first_bytes, kWhat);
    static_cast<void>(read_object_header(reader, ObjectType::index_segment, kWhat));
    const PublicFields fields = decode_public(reader.get_bytes(reader.get<std::uint32_t>()));
    if (!fields.flush) return std::nullopt;
    return FlushFront{.writer = fields.writer, .mark = *fields.flush};
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::corrupt) throw;
    return std::nullopt;
  }
}

OpenedSegment open_segment(Bytes stored, const VaultId& vault, const ByteArray<32>& writer_key,
                           const IndexKeys& keys) {
  WireReader reader(verified_content(writer_key, kLabel, vault, stored, kWhat), kWhat);
  OpenedSegment segment;
  segment.generation = read_object_header(reader, ObjectType::index_segment, kWhat);
  const ByteView public_bytes = reader.get_bytes(reader.get<std::uint32_t>());
  const ByteView sealed = reader.get_bytes(reader.get<std::uint32_t>());
  reader.expect_end();
  const PublicFields fields = decode_public(public_bytes);
  if (fields.vault != vault || sealed.size() < kNonceBytes) {
    throw Error(ErrorKind::corrupt, "an index segment belongs to another vault");
  }
  if (fields.writer != key_id_of(writer_key)) {
    throw Error(ErrorKind::corrupt, "an index segment names another writer than its signer");
  }
  segment.level = fields.level;
  segment.flush = fields.flush;

  seal::Nonce nonce;
  std::ranges::copy(sealed.first(kNonceBytes), nonce.begin());
  segment.plain_at = static_cast<std::size_t>(sealed.data() - stored.data()) + kNonceBytes;
  const auto plaintext = seal::aead_open_in_place(
      keys.aead, nonce, additional_data(vault, segment.generation, fields.writer, public_bytes),
      MutableByteView(stored).subspan(segment.plain_at, sealed.size() - kNonceBytes));
  if (!plaintext) throw Error(ErrorKind::corrupt, "an index segment was altered");
  segment.plain_bytes = plaintext->size();
  segment.bytes = std::move(stored);
  return segment;
}

}  // namespace lifeboat::vault
