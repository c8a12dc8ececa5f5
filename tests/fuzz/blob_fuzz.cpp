// Blobs, sealed around the input, with the limits of the decoder: docs/format/vault.md §7.
#include <algorithm>

#include "base/wire.h"
#include "fuzz/fixed_keys.h"
#include "vault/blob.h"
#include "vault/session.h"

using namespace lifeboat;

namespace {

const vault::BlobContext& context() {
  static const vault::BlobContext only{fuzz::fixed_vault(), 1, {}, fuzz::fixed_author()};
  return only;
}

const vault::SessionKeys& session_keys() {
  static const vault::SessionKeys keys = vault::SessionKeys::from(fuzz::fixed_key(6));
  return keys;
}

/// The additional data of §7.
Bytes bound_to(const vault::BlobPlace& place, const vault::BlobId& id, ByteView whose,
               bool kind_first) {
  WireWriter writer;
  writer.put(std::uint8_t{1}).put_bytes(fuzz::fixed_vault().view()).put(std::uint32_t{1});
  const auto kind = static_cast<std::uint8_t>(place.kind);
  if (kind_first) {
    writer.put(kind).put_bytes(whose);
  } else {
    writer.put_bytes(whose).put(kind);
  }
  return writer.put_bytes(id.view())
      .put(place.plain_bytes)
      .put(static_cast<std::uint8_t>(place.codec))
      .take();
}

/// A list whose coded bytes are the input: nothing behind the decompression is reached by chance,
/// since the id is that of other bytes.
void open_as_list(vault::BlobPlace place, ByteView coded) {
  const vault::BlobId id;
  const seal::Nonce nonce{};
  Bytes stored(nonce.begin(), nonce.end());
  seal::aead_seal(fuzz::fixed_index_keys().aead, nonce,
                  bound_to(place, id, fuzz::fixed_author().view(), true), coded, stored);
  place.stored_bytes = static_cast<std::uint32_t>(stored.size());
  vault::BlobOpener opener;
  static_cast<void>(opener.open_list(context(), fuzz::fixed_index_keys(), id, place, stored));
}

void open_as_chunk(vault::BlobPlace place, ByteView coded) {
  const vault::BlobId id;
  seal::Nonce nonce{};
  const Bytes front = WireWriter().put_bytes(as_bytes("LBn1")).put(std::uint8_t{1}).take();
  std::ranges::copy(front, nonce.begin());
  Bytes stored;
  seal::aead_seal(session_keys().data, nonce, bound_to(place, id, context().session.view(), false),
                  coded, stored);
  place.stored_bytes = static_cast<std::uint32_t>(stored.size());
  vault::BlobOpener opener;
  static_cast<void>(
      opener.open(context(), session_keys(), fuzz::fixed_writer_keys(), id, place, stored));
}

void write_and_open(ByteView plaintext) {
  vault::BlobSealer sealer(context());
  vault::BlobOpener opener;
  const auto id = vault::chunk_id(fuzz::fixed_writer_keys(), plaintext);
  vault::NonceCounter nonces;
  Bytes stored;
  const auto place =
      sealer.seal(session_keys(), vault::BlobKind::chunk, id, nonces.next(), plaintext, stored);
  const Bytes back =
      opener.open(context(), session_keys(), fuzz::fixed_writer_keys(), id, place, stored);
  fuzz::require(std::ranges::equal(back, plaintext), "a blob comes back as other bytes");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  vault::BlobPlace place;
  const auto chosen = input.byte();
  place.plain_bytes = input.number();
  fuzz::answers_with(fuzz::kStoredKinds, [&] {
    set_kind_and_codec(place, chosen);
    if (place.kind == vault::BlobKind::list) {
      open_as_list(place, input.rest());
    } else {
      place.kind = vault::BlobKind::chunk;
      open_as_chunk(place, input.rest());
    }
  });
  fuzz::require(fuzz::answers_with(fuzz::kStoredKinds, [&] { write_and_open(input.rest()); }),
                "a blob that was written honestly is refused");
  return 0;
}
