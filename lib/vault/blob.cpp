#include "vault/blob.h"

#include <algorithm>

#include "base/error.h"
#include "base/wire.h"

namespace lifeboat::vault {
namespace {

constexpr std::uint8_t kAadVersion = 1;
constexpr std::size_t kNonceBytes = 24;

seal::Nonce counter_nonce(BlobKind kind, std::uint64_t counter) {
  WireWriter writer;
  writer.put_bytes(as_bytes("LBn1")).put(static_cast<std::uint8_t>(kind));
  writer.put_bytes(ByteArray<3>{}).put(counter).put_bytes(ByteArray<8>{});
  seal::Nonce nonce;
  std::ranges::copy(writer.bytes(), nonce.begin());
  return nonce;
}

Bytes additional_data(const BlobContext& context, const BlobId& id, const BlobPlace& place) {
  return WireWriter()
      .put(kAadVersion)
      .put_bytes(context.vault.view())
      .put(context.generation)
      .put_bytes(context.session.view())
      .put(static_cast<std::uint8_t>(place.kind))
      .put_bytes(id.view())
      .put(place.plain_bytes)
      .put(static_cast<std::uint8_t>(place.codec))
      .take();
}

/// §7 puts the kind before the writer's key id in the AAD of lists.
Bytes list_additional_data(const BlobContext& context, const BlobId& id, const BlobPlace& place) {
  return WireWriter()
      .put(kAadVersion)
      .put_bytes(context.vault.view())
      .put(context.generation)
      .put(static_cast<std::uint8_t>(BlobKind::list))
      .put_bytes(context.writer.view())
      .put_bytes(id.view())
      .put(place.plain_bytes)
      .put(static_cast<std::uint8_t>(place.codec))
      .take();
}

const seal::SecretKey& data_key_for(const SessionKeys& keys, BlobKind kind) {
  return kind == BlobKind::chunk || kind == BlobKind::bundle ? keys.data : keys.meta;
}

[[noreturn]] void corrupt(const BlobId& id, const std::string& why) {
  throw Error(ErrorKind::corrupt, "blob " + id.hex().substr(0, 16) + ": " + why,
              "`lifeboat vault check --decrypt` lists everything that is damaged");
}

void require_sane(const BlobId& id, const BlobPlace& place, ByteView stored) {
  if (place.plain_bytes > kMaxBlobBytes) corrupt(id, "longer than any blob may be");
  if (stored.size() != place.stored_bytes) corrupt(id, "its pack ends before it does");
}

}  // namespace

std::uint8_t kind_and_codec(const BlobPlace& place) {
  return static_cast<std::uint8_t>(static_cast<unsigned>(place.kind) * 16 +
                                   static_cast<unsigned>(place.codec));
}

void set_kind_and_codec(BlobPlace& place, std::uint8_t byte) {
  const unsigned kind = byte / 16U;
  if (kind < 1 || kind > 5) throw Error(ErrorKind::corrupt, "an index names an unknown blob kind");
  place.kind = static_cast<BlobKind>(kind);
  place.codec = static_cast<Codec>(byte % 16U);
}

BlobId chunk_id(const WriterKeys& keys, ByteView plaintext) {
  return {seal::keyed_hash(keys.chunk_id, {plaintext})};
}

BlobId private_id(const SessionKeys& keys, BlobKind kind, ByteView plaintext) {
  const ByteArray<1> kind_byte = {static_cast<std::uint8_t>(kind)};
  return {seal::keyed_hash(keys.private_id, {kind_byte, plaintext})};
}

BlobId list_id(const IndexKeys& keys, ByteView plaintext) {
  return {seal::keyed_hash(keys.list_id, {plaintext})};
}

ByteView BlobSealer::code(ByteView plaintext, Codec& codec) {
  compressor_.compress(plaintext, compressed_);
  const bool worth_it = compressed_.size() * 100 <= plaintext.size() * 97;
  codec = worth_it ? Codec::zstd : Codec::raw;
  return worth_it ? ByteView(compressed_) : plaintext;
}

BlobPlace BlobSealer::seal(const SessionKeys& keys, BlobKind kind, const BlobId& id,
                           NonceTicket nonce, ByteView plaintext, Bytes& to) {
  BlobPlace place{.kind = kind,
                  .counter = nonce.spend(),
                  .plain_bytes = static_cast<std::uint32_t>(plaintext.size())};
  const ByteView coded = code(plaintext, place.codec);
  const std::size_t before = to.size();
  seal::aead_seal(data_key_for(keys, kind), counter_nonce(kind, place.counter),
                  additional_data(context_, id, place), coded, to);
  place.stored_bytes = static_cast<std::uint32_t>(to.size() - before);
  return place;
}

BlobPlace BlobSealer::seal_list(const IndexKeys& keys, const BlobId& id, ByteView plaintext,
                                Bytes& to) {
  BlobPlace place{.kind = BlobKind::list,
                  .plain_bytes = static_cast<std::uint32_t>(plaintext.size())};
  const ByteView coded = code(plaintext, place.codec);
  const std::size_t before = to.size();
  const auto nonce = seal::random_array<kNonceBytes>();
  append(to, nonce);
  seal::aead_seal(keys.aead, nonce, list_additional_data(context_, id, place), coded, to);
  place.stored_bytes = static_cast<std::uint32_t>(to.size() - before);
  return place;
}

Bytes BlobOpener::decode(Bytes coded, const BlobPlace& place) {
  switch (place.codec) {
    case Codec::raw:
      if (coded.size() != place.plain_bytes) {
        throw Error(ErrorKind::corrupt, "a blob has another length than its index says");
      }
      return coded;
    case Codec::zstd:
      return decompressor_.decompress(coded, place.plain_bytes);
  }
  throw Error(ErrorKind::corrupt, "a blob is coded in a way this program does not know",
              "it was written by a newer lifeboat: use that version or a later one");
}

Bytes BlobOpener::open(const BlobContext& context, const SessionKeys& keys,
                       const WriterKeys& writer, const BlobId& id, const BlobPlace& place,
                       ByteView stored) {
  require_sane(id, place, stored);
  auto coded =
      seal::aead_open(data_key_for(keys, place.kind), counter_nonce(place.kind, place.counter),
                      additional_data(context, id, place), stored);
  if (!coded) corrupt(id, "it was altered, or its key is another one");
  Bytes plaintext = decode(std::move(*coded), place);
  const BlobId expected = place.kind == BlobKind::chunk ? chunk_id(writer, plaintext)
                                                        : private_id(keys, place.kind, plaintext);
  if (expected != id) corrupt(id, "its content is not what its id names");
  return plaintext;
}

Bytes BlobOpener::open_list(const BlobContext& context, const IndexKeys& keys, const BlobId& id,
                            const BlobPlace& place, ByteView stored) {
  require_sane(id, place, stored);
  if (stored.size() < kNonceBytes) corrupt(id, "it is too short");
  seal::Nonce nonce;
  std::ranges::copy(stored.first(kNonceBytes), nonce.begin());
  auto coded = seal::aead_open(keys.aead, nonce, list_additional_data(context, id, place),
                               stored.subspan(kNonceBytes));
  if (!coded) corrupt(id, "this list was altered, or its key is another one");
  Bytes plaintext = decode(std::move(*coded), place);
  if (list_id(keys, plaintext) != id) corrupt(id, "its content is not what its id names");
  return plaintext;
}

}  // namespace lifeboat::vault
