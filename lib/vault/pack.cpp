#include "vault/pack.h"

#include <algorithm>
#include <bit>

#include "base/error.h"
#include "base/wire.h"
#include "seal/sha256.h"
#include "vault/object_header.h"

namespace lifeboat::vault {
namespace {

constexpr std::string_view kTrailer = "LBPACK01";
constexpr std::size_t kEntryBytes = 53;
constexpr std::size_t kNonceBytes = 24;

Bytes additional_data(ObjectType type, const BlobContext& context) {
  return WireWriter()
      .put(std::uint8_t{1})
      .put_bytes(context.vault.view())
      .put(context.generation)
      .put(static_cast<std::uint8_t>(type))
      .put_bytes(context.writer.view())
      .put_bytes(context.session.view())
      .take();
}

Bytes encode_directory(const std::vector<PackedBlob>& blobs) {
  WireWriter writer;
  writer.put(static_cast<std::uint32_t>(blobs.size()));
  for (const auto& [id, place] : blobs) {
    writer.put_bytes(id.view())
        .put(place.counter)
        .put(place.offset)
        .put(place.stored_bytes)
        .put(place.plain_bytes)
        .put(kind_and_codec(place));
  }
  return writer.take();
}

}  // namespace

PackBuilder::PackBuilder(ObjectType type, const BlobContext& context, ByteView session_header,
                         Bytes buffer)
    : type_(type),
      context_(context),
      session_header_(session_header.begin(), session_header.end()) {
  start(std::move(buffer));
}

void PackBuilder::start(Bytes buffer) {
  WireWriter front;
  put_object_header(front, type_, context_.generation);
  front.put(static_cast<std::uint32_t>(session_header_.size())).put_bytes(session_header_);
  bytes_ = std::move(buffer);
  bytes_.clear();
  append(bytes_, front.bytes());
  blobs_.clear();
}

void PackBuilder::added(const BlobId& id, BlobPlace place) {
  place.offset = static_cast<std::uint32_t>(bytes_.size()) - place.stored_bytes;
  blobs_.push_back({id, place});
}

Pack PackBuilder::finish(const IndexKeys& keys, Bytes next_buffer) {
  const Bytes directory = encode_directory(blobs_);
  const std::size_t sealed_bytes = kNonceBytes + directory.size() + seal::kTagBytes;
  const std::size_t behind = sealed_bytes + 4 + kTrailer.size();
  bytes_.resize(padme(bytes_.size() + behind) - behind);

  const auto nonce = seal::random_array<kNonceBytes>();
  append(bytes_, nonce);
  seal::aead_seal(keys.aead, nonce, additional_data(type_, context_), directory, bytes_);
  append(bytes_, WireWriter().put(static_cast<std::uint32_t>(sealed_bytes)).bytes());
  append(bytes_, as_bytes(kTrailer));

  Pack pack{.type = type_,
            .hash = {seal::sha256(bytes_)},
            .bytes = std::move(bytes_),
            .blobs = std::move(blobs_)};
  start(std::move(next_buffer));
  return pack;
}

std::uint64_t padme(std::uint64_t length) {
  if (length < 2) return length;
  const unsigned exponent = static_cast<unsigned>(std::bit_width(length)) - 1;
  const unsigned significant = static_cast<unsigned>(std::bit_width(exponent));
  const std::uint64_t mask = (std::uint64_t{1} << (exponent - significant)) - 1;
  return (length + mask) & ~mask;
}

std::vector<PackedBlob> read_directory(ByteView stored, ObjectType type, const BlobContext& context,
                                       const IndexKeys& keys) {
  const std::size_t trailer_bytes = 4 + kTrailer.size();
  if (stored.size() < trailer_bytes) throw Error(ErrorKind::corrupt, "a pack is truncated");
  WireReader trailer(stored.last(trailer_bytes), "a pack's trailer");
  const auto sealed_bytes = trailer.get<std::uint32_t>();
  if (as_text(trailer.rest()) != kTrailer || sealed_bytes < kNonceBytes ||
      sealed_bytes > stored.size() - trailer_bytes) {
    throw Error(ErrorKind::corrupt, "a pack does not end as a pack");
  }
  const ByteView sealed =
      stored.subspan(stored.size() - trailer_bytes - sealed_bytes, sealed_bytes);
  seal::Nonce nonce;
  std::ranges::copy(sealed.first(kNonceBytes), nonce.begin());
  const auto directory = seal::aead_open(keys.aead, nonce, additional_data(type, context),
                                         sealed.subspan(kNonceBytes));
  if (!directory) throw Error(ErrorKind::corrupt, "a pack's directory was altered");

  WireReader reader(*directory, "a pack's directory");
  const auto count = reader.get<std::uint32_t>();
  if (reader.rest().size() != std::size_t{count} * kEntryBytes) {
    throw Error(ErrorKind::corrupt, "a pack's directory has another length than it says");
  }
  std::vector<PackedBlob> blobs(count);
  for (auto& [id, place] : blobs) {
    id.bytes = reader.get_array<32>();
    place.counter = reader.get<std::uint64_t>();
    place.offset = reader.get<std::uint32_t>();
    place.stored_bytes = reader.get<std::uint32_t>();
    place.plain_bytes = reader.get<std::uint32_t>();
    set_kind_and_codec(place, reader.get<std::uint8_t>());
  }
  return blobs;
}

}  // namespace lifeboat::vault
