#include "vault/list.h"

#include "base/error.h"
#include "base/wire.h"
#include "seal/sha256.h"
#include "vault/fields.h"

namespace lifeboat::vault {
namespace {

constexpr std::uint64_t kCutDivisor = 1024;
constexpr std::size_t kMaxEntries = 4096;
constexpr std::uint8_t kMaxLevel = 8;
constexpr const char* kWhat = "a list";

std::uint64_t front_as_integer(const ByteArray<32>& hash) {
  return WireReader(ByteView(hash).first(8), kWhat).get<std::uint64_t>();
}

/// An entry as stored, with what decides whether a list is closed behind it.
struct RawEntry {
  Bytes bytes;
  ByteArray<32> cut_hash{};
};

/// Writes one level and, if it took more than one list, the levels above it.
BlobId write_level(ListKind kind, std::uint8_t level, const std::vector<RawEntry>& entries,
                   const StoreList& store) {
  std::vector<RawEntry> parents;
  std::size_t from = 0;
  do {
    std::size_t to = from;
    bool closed = false;
    while (to < entries.size() && !closed) {
      closed =
          front_as_integer(entries[to].cut_hash) % kCutDivisor == 0 || to - from + 1 == kMaxEntries;
      ++to;
    }
    WireWriter writer;
    writer.put(static_cast<std::uint8_t>(kind))
        .put(level)
        .put(static_cast<std::uint32_t>(to - from));
    for (std::size_t i = from; i < to; ++i) writer.put_bytes(entries[i].bytes);
    const BlobId id = store(writer.bytes());
    parents.push_back({Bytes(id.bytes.begin(), id.bytes.end()), id.bytes});
    from = to;
  } while (from < entries.size());

  if (parents.size() == 1) return {parents.front().cut_hash};
  return write_level(kind, static_cast<std::uint8_t>(level + 1), parents, store);
}

Bytes with_length(Bytes fields) {
  return WireWriter().put(static_cast<std::uint16_t>(fields.size())).put_bytes(fields).take();
}

ByteView take_sized(WireReader& reader) { return reader.get_bytes(reader.get<std::uint16_t>()); }

/// Walks a tree front to back and gives the reader of each level-0 entry to `take`.
class ListWalk {
 public:
  ListWalk(ListKind kind, const FetchList& fetch, std::function<void(WireReader&)> take)
      : kind_(kind), fetch_(fetch), take_(std::move(take)) {}

  void walk(const BlobId& root) { walk(root, kMaxLevel + 1); }

 private:
  /// `bound` is one more than the greatest level allowed; children must be exactly one lower.
  void walk(const BlobId& id, unsigned bound) {
    const Bytes bytes = fetch_(id);
    WireReader reader(bytes, kWhat);
    const auto kind = reader.get<std::uint8_t>();
    const unsigned level = reader.get<std::uint8_t>();
    const auto count = reader.get<std::uint32_t>();
    const bool is_root = bound == kMaxLevel + 1U;
    if (kind != static_cast<std::uint8_t>(kind_) || level >= bound ||
        (!is_root && level + 1 != bound)) {
      throw Error(ErrorKind::corrupt, "a list stands where another kind or level belongs");
    }
    for (std::uint32_t i = 0; i < count; ++i) {
      if (level == 0) {
        take_(reader);
      } else {
        walk(BlobId{reader.get_array<32>()}, level);
      }
    }
    reader.expect_end();
  }

  ListKind kind_;
  const FetchList& fetch_;
  std::function<void(WireReader&)> take_;
};

StreamKind decode_kind(const Field& field) {
  const auto kind = field.integer<std::uint8_t>();
  if (kind >= 1 && kind <= 4) return static_cast<StreamKind>(kind);
  throw Error(ErrorKind::corrupt,
              "a stream is of kind " + std::to_string(kind) +
                  ", which this version of the format (1.0) does not know",
              "it was written by a newer lifeboat: use that version or a later one");
}

RangeEntry decode_range(ByteView bytes) {
  RangeEntry entry;
  FieldsReader fields(bytes, "a range entry");
  while (const auto field = fields.next()) {
    switch (field->number) {
      case 1:
        entry.first_block = field->integer<std::uint64_t>();
        break;
      case 2:
        entry.blobs.bytes = field->array<32>();
        break;
      case 3:
        entry.server_fingerprint.assign(field->value.begin(), field->value.end());
        break;
      case 4:
        entry.cache_key.assign(field->value.begin(), field->value.end());
        break;
      case 5:
        entry.facts.bytes = field->array<32>();
        break;
      case 6:
        entry.plain_bytes = field->integer<std::uint64_t>();
        break;
      default:
        field->unknown();
    }
  }
  fields.require({1, 2, 5, 6});
  return entry;
}

StreamEntry decode_stream(ByteView bytes) {
  StreamEntry entry;
  FieldsReader fields(bytes, "a stream entry");
  while (const auto field = fields.next()) {
    switch (field->number) {
      case 1:
        entry.source = field->integer<std::uint16_t>();
        break;
      case 2:
        entry.kind = decode_kind(*field);
        break;
      case 3:
        entry.name = field->text();
        break;
      case 4:
        entry.list.bytes = field->array<32>();
        break;
      case 5:
        entry.plain_bytes = field->integer<std::uint64_t>();
        break;
      default:
        field->unknown();
    }
  }
  fields.require({1, 2, 3, 4, 5});
  return entry;
}

}  // namespace

BlobId write_blob_list(const std::vector<BlobRef>& blobs, const StoreList& store) {
  std::vector<RawEntry> entries;
  entries.reserve(blobs.size());
  for (const BlobRef& blob : blobs) {
    entries.push_back(
        {WireWriter().put_bytes(blob.id.view()).put(blob.plain_bytes).take(), blob.id.bytes});
  }
  return write_level(ListKind::blobs, 0, entries, store);
}

BlobId write_range_list(const std::vector<RangeEntry>& ranges, const StoreList& store) {
  std::vector<RawEntry> entries;
  entries.reserve(ranges.size());
  for (const RangeEntry& range : ranges) {
    FieldsWriter fields;
    fields.critical(1, wire(range.first_block)).critical(2, range.blobs.view());
    if (!range.server_fingerprint.empty()) fields.optional(3, range.server_fingerprint);
    if (!range.cache_key.empty()) fields.optional(4, range.cache_key);
    fields.critical(5, range.facts.view()).critical(6, wire(range.plain_bytes));
    entries.push_back({with_length(fields.take()), range.blobs.bytes});
  }
  return write_level(ListKind::ranges, 0, entries, store);
}

BlobId write_stream_list(const std::vector<StreamEntry>& streams, const StoreList& store) {
  std::vector<RawEntry> entries;
  entries.reserve(streams.size());
  for (const StreamEntry& stream : streams) {
    Bytes bytes = with_length(FieldsWriter()
                                  .critical(1, wire(stream.source))
                                  .critical(2, wire(static_cast<std::uint8_t>(stream.kind)))
                                  .critical(3, as_bytes(stream.name))
                                  .critical(4, stream.list.view())
                                  .critical(5, wire(stream.plain_bytes))
                                  .take());
    const auto cut_hash = seal::sha256(bytes);
    entries.push_back({std::move(bytes), cut_hash});
  }
  return write_level(ListKind::streams, 0, entries, store);
}

std::vector<BlobRef> read_blob_list(const BlobId& root, const FetchList& fetch) {
  std::vector<BlobRef> blobs;
  ListWalk(ListKind::blobs, fetch, [&](WireReader& reader) {
    BlobRef blob;
    blob.id.bytes = reader.get_array<32>();
    blob.plain_bytes = reader.get<std::uint32_t>();
    blobs.push_back(blob);
  }).walk(root);
  return blobs;
}

std::vector<RangeEntry> read_range_list(const BlobId& root, const FetchList& fetch) {
  std::vector<RangeEntry> ranges;
  ListWalk(ListKind::ranges, fetch, [&](WireReader& reader) {
    ranges.push_back(decode_range(take_sized(reader)));
  }).walk(root);
  return ranges;
}

std::vector<StreamEntry> read_stream_list(const BlobId& root, const FetchList& fetch) {
  std::vector<StreamEntry> streams;
  ListWalk(ListKind::streams, fetch, [&](WireReader& reader) {
    streams.push_back(decode_stream(take_sized(reader)));
  }).walk(root);
  return streams;
}

ListContents read_list_contents(ByteView plaintext) {
  ListContents contents;
  WireReader reader(plaintext, kWhat);
  const auto kind = reader.get<std::uint8_t>();
  const unsigned level = reader.get<std::uint8_t>();
  const auto count = reader.get<std::uint32_t>();
  if (kind < 1 || kind > 3 || level > kMaxLevel) {
    throw Error(ErrorKind::corrupt, "a list is of an unknown kind or level");
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    if (level > 0) {
      contents.lists.push_back({reader.get_array<32>()});
    } else if (kind == static_cast<std::uint8_t>(ListKind::blobs)) {
      contents.blobs.push_back({reader.get_array<32>()});
      static_cast<void>(reader.get<std::uint32_t>());
    } else if (kind == static_cast<std::uint8_t>(ListKind::ranges)) {
      const RangeEntry range = decode_range(take_sized(reader));
      contents.lists.push_back(range.blobs);
      contents.blobs.push_back(range.facts);
    } else {
      contents.lists.push_back(decode_stream(take_sized(reader)).list);
    }
  }
  reader.expect_end();
  return contents;
}

}  // namespace lifeboat::vault
