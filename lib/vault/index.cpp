#include "vault/index.h"

#include <algorithm>

#include "base/error.h"
#include "base/wire.h"
#include "seal/sha256.h"
#include "vault/fields.h"
#include "vault/object_header.h"
#include "vault/signing.h"

namespace lifeboat::vault {
namespace {

constexpr std::size_t kEntryBytes = 61;
constexpr std::size_t kNonceBytes = 24;
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

void put_entry(WireWriter& writer, const IndexSegment::Entry& entry) {
  writer.put_bytes(entry.id.view())
      .put(entry.session)
      .put(entry.place.counter)
      .put(entry.pack)
      .put(entry.place.offset)
      .put(entry.place.stored_bytes)
      .put(entry.place.plain_bytes)
      .put(kind_and_codec(entry.place));
}

ObjectType pack_type_of(std::uint8_t value) {
  const auto type = static_cast<ObjectType>(value);
  if (type != ObjectType::data_pack && type != ObjectType::meta_pack) {
    throw Error(ErrorKind::corrupt, "an index segment names a pack of an unknown type");
  }
  return type;
}

}  // namespace

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

IndexSegment IndexSegment::decode(ByteView stored, const VaultId& vault,
                                  const ByteArray<32>& writer_key, const IndexKeys& keys) {
  WireReader reader(verified_content(writer_key, kLabel, vault, stored, kWhat), kWhat);
  IndexSegment segment;
  segment.generation_ = read_object_header(reader, ObjectType::index_segment, kWhat);
  const ByteView public_bytes = reader.get_bytes(reader.get<std::uint32_t>());
  const ByteView sealed = reader.get_bytes(reader.get<std::uint32_t>());
  reader.expect_end();
  const PublicFields fields = decode_public(public_bytes);
  if (fields.vault != vault || sealed.size() < kNonceBytes) {
    throw Error(ErrorKind::corrupt, "an index segment belongs to another vault");
  }
  segment.level_ = fields.level;
  segment.flush_ = fields.flush;

  seal::Nonce nonce;
  std::ranges::copy(sealed.first(kNonceBytes), nonce.begin());
  const auto plaintext = seal::aead_open(
      keys.aead, nonce, additional_data(vault, segment.generation_, fields.writer, public_bytes),
      sealed.subspan(kNonceBytes));
  if (!plaintext) throw Error(ErrorKind::corrupt, "an index segment was altered");
  segment.decode_tables(*plaintext);
  return segment;
}

void IndexSegment::decode_tables(ByteView plaintext) {
  WireReader reader(plaintext, kWhat);
  const auto session_count = reader.get<std::uint32_t>();
  for (std::uint32_t i = 0; i < session_count; ++i) sessions_.push_back({reader.get_array<16>()});
  const auto pack_count = reader.get<std::uint32_t>();
  for (std::uint32_t i = 0; i < pack_count; ++i) {
    PackInfo info;
    info.hash.bytes = reader.get_array<32>();
    info.stored_bytes = reader.get<std::uint32_t>();
    info.type = pack_type_of(reader.get<std::uint8_t>());
    packs_.push_back(info);
  }
  count_ = reader.get<std::uint32_t>();
  if (count_ > kMaxSegmentEntries || reader.rest().size() != count_ * kEntryBytes) {
    throw Error(ErrorKind::corrupt, "an index segment has another length than it says");
  }
  entries_.assign(reader.rest().begin(), reader.rest().end());
  for (std::size_t i = 0; i < count_; ++i) {
    const Entry here = entry(i);
    const bool ordered = i == 0 || std::memcmp(entries_.data() + (i - 1) * kEntryBytes,
                                               here.id.bytes.data(), 32) < 0;
    if (!ordered || here.session >= session_count || here.pack >= pack_count) {
      throw Error(ErrorKind::corrupt, "an index segment's entries are not in order");
    }
  }
}

IndexSegment::Entry IndexSegment::entry(std::size_t at) const {
  WireReader reader(ByteView(entries_).subspan(at * kEntryBytes, kEntryBytes), kWhat);
  Entry entry;
  entry.id.bytes = reader.get_array<32>();
  entry.session = reader.get<std::uint32_t>();
  entry.place.counter = reader.get<std::uint64_t>();
  entry.pack = reader.get<std::uint32_t>();
  entry.place.offset = reader.get<std::uint32_t>();
  entry.place.stored_bytes = reader.get<std::uint32_t>();
  entry.place.plain_bytes = reader.get<std::uint32_t>();
  set_kind_and_codec(entry.place, reader.get<std::uint8_t>());
  return entry;
}

std::optional<BlobLocation> IndexSegment::find(const BlobId& id) const {
  std::size_t low = 0;
  std::size_t high = count_;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    const int order = std::memcmp(entries_.data() + middle * kEntryBytes, id.bytes.data(), 32);
    if (order == 0) {
      const Entry found = entry(middle);
      const PackInfo& pack = packs_[found.pack];
      return BlobLocation{.session = sessions_[found.session],
                          .pack = pack.hash,
                          .pack_type = pack.type,
                          .generation = generation_,
                          .place = found.place};
    }
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return std::nullopt;
}

std::uint32_t IndexSegmentBuilder::session_place(const SessionId& id) {
  const auto place = std::ranges::find(sessions_, id) - sessions_.begin();
  if (static_cast<std::size_t>(place) == sessions_.size()) sessions_.push_back(id);
  return static_cast<std::uint32_t>(place);
}

void IndexSegmentBuilder::add(const SessionId& session, const Pack& pack) {
  add(session, {pack.hash, static_cast<std::uint32_t>(pack.bytes.size()), pack.type}, pack.blobs);
}

void IndexSegmentBuilder::add(const SessionId& session, const IndexSegment::PackInfo& pack,
                              std::span<const PackedBlob> blobs) {
  const std::uint32_t session_at = session_place(session);
  const auto pack_at = static_cast<std::uint32_t>(packs_.size());
  packs_.push_back(pack);
  for (const PackedBlob& blob : blobs) {
    entries_.push_back({blob.id, session_at, pack_at, blob.place});
  }
}

void IndexSegmentBuilder::add(const IndexSegment& segment) {
  const auto first_pack = static_cast<std::uint32_t>(packs_.size());
  packs_.insert(packs_.end(), segment.packs().begin(), segment.packs().end());
  std::vector<std::uint32_t> session_places;
  for (const SessionId& id : segment.sessions()) session_places.push_back(session_place(id));
  for (std::size_t i = 0; i < segment.size(); ++i) {
    IndexSegment::Entry entry = segment.entry(i);
    entry.session = session_places[entry.session];
    entry.pack += first_pack;
    entries_.push_back(entry);
  }
}

void IndexSegmentBuilder::add(const IndexSegment& segment, const std::vector<bool>& chosen) {
  constexpr auto kNone = static_cast<std::uint32_t>(-1);
  std::vector<std::uint32_t> pack_places(segment.packs().size(), kNone);
  for (std::size_t i = 0; i < segment.size(); ++i) {
    if (!chosen[i]) continue;
    IndexSegment::Entry entry = segment.entry(i);
    std::uint32_t& pack_at = pack_places[entry.pack];
    if (pack_at == kNone) {
      pack_at = static_cast<std::uint32_t>(packs_.size());
      packs_.push_back(segment.packs()[entry.pack]);
    }
    entry.session = session_place(segment.sessions()[entry.session]);
    entry.pack = pack_at;
    entries_.push_back(entry);
  }
}

Bytes IndexSegmentBuilder::encode(const VaultId& vault, Generation generation, std::uint8_t level,
                                  const seal::SigningKey& writer, const IndexKeys& keys,
                                  const std::optional<FlushMark>& flush) {
  std::ranges::stable_sort(entries_, {}, &IndexSegment::Entry::id);
  const auto twice = std::ranges::unique(entries_, {}, &IndexSegment::Entry::id);
  entries_.erase(twice.begin(), twice.end());

  WireWriter tables;
  tables.put(static_cast<std::uint32_t>(sessions_.size()));
  for (const SessionId& id : sessions_) tables.put_bytes(id.view());
  tables.put(static_cast<std::uint32_t>(packs_.size()));
  for (const auto& pack : packs_) {
    tables.put_bytes(pack.hash.view())
        .put(pack.stored_bytes)
        .put(static_cast<std::uint8_t>(pack.type));
  }
  tables.put(static_cast<std::uint32_t>(entries_.size()));
  for (const auto& entry : entries_) put_entry(tables, entry);

  const KeyId writer_id = key_id_of(writer.public_key);
  const Bytes public_fields = encode_public(vault, writer_id, level, flush);
  WireWriter object;
  put_object_header(object, ObjectType::index_segment, generation);
  object.put(static_cast<std::uint32_t>(public_fields.size())).put_bytes(public_fields);
  object.put(static_cast<std::uint32_t>(kNonceBytes + tables.bytes().size() + seal::kTagBytes));
  const auto nonce = seal::random_array<kNonceBytes>();
  object.put_bytes(nonce);
  Bytes content = object.take();
  seal::aead_seal(keys.aead, nonce, additional_data(vault, generation, writer_id, public_fields),
                  tables.bytes(), content);
  return signed_object(writer, kLabel, vault, std::move(content));
}

void Index::add(SegmentRef ref, IndexSegment segment) {
  segments_.push_back({ref, std::move(segment)});
}

std::optional<BlobLocation> Index::find(const BlobId& id) const {
  for (const Loaded& loaded : segments_) {
    if (auto location = loaded.segment.find(id)) return location;
  }
  return std::nullopt;
}

std::size_t Index::size() const noexcept {
  std::size_t total = 0;
  for (const Loaded& loaded : segments_) total += loaded.segment.size();
  return total;
}

}  // namespace lifeboat::vault
