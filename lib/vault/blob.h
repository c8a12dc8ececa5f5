#ifndef LIFEBOAT_VAULT_BLOB_H_
#define LIFEBOAT_VAULT_BLOB_H_

#include "seal/sodium.h"
#include "squeeze/zstd.h"
#include "vault/keyring.h"
#include "vault/nonce_counter.h"
#include "vault/session.h"
#include "vault/types.h"

namespace lifeboat::vault {

/// Where a blob is and how it is coded: what an index entry or a pack's directory says of it.
struct BlobPlace {
  BlobKind kind = BlobKind::chunk;
  Codec codec = Codec::raw;
  std::uint64_t counter = 0;
  std::uint32_t offset = 0;
  std::uint32_t stored_bytes = 0;
  std::uint32_t plain_bytes = 0;
  friend bool operator==(const BlobPlace&, const BlobPlace&) = default;
};

/// Kind and codec as they share a byte in directories and index entries.
[[nodiscard]] std::uint8_t kind_and_codec(const BlobPlace& place);
/// Throws corrupt on a kind that no blob has.
void set_kind_and_codec(BlobPlace& place, std::uint8_t byte);

/// What binds a blob to its vault: the same for all blobs of one session.
struct BlobContext {
  VaultId vault;
  Generation generation = 0;
  SessionId session;
  KeyId writer;
};

/// The id of a chunk, which its writer can compute again in every session.
[[nodiscard]] BlobId chunk_id(const WriterKeys& keys, ByteView plaintext);
/// The id of a bundle, document or facts blob: nobody without the session key can confirm a guess.
[[nodiscard]] BlobId private_id(const SessionKeys& keys, BlobKind kind, ByteView plaintext);
[[nodiscard]] BlobId list_id(const IndexKeys& keys, ByteView plaintext);

/// Compresses and encrypts blobs (docs/format/vault.md §7). One a thread: it keeps buffers.
class BlobSealer {
 public:
  explicit BlobSealer(const BlobContext& context) : context_(context) {}

  /// Appends the stored form to `to`; returns its place with offset 0. `nonce` is of the session
  /// that `keys` belong to.
  BlobPlace seal(const SessionKeys& keys, BlobKind kind, const BlobId& id, NonceTicket nonce,
                 ByteView plaintext, Bytes& to);
  /// Likewise; the nonce of a list is random.
  BlobPlace seal_list(const IndexKeys& keys, const BlobId& id, ByteView plaintext, Bytes& to);

 private:
  [[nodiscard]] ByteView code(ByteView plaintext, Codec& codec);

  BlobContext context_;
  squeeze::Compressor compressor_;
  Bytes compressed_;
};

/// The counterpart. One a thread. Both functions throw corrupt if the bytes are not what was
/// written, the id included.
class BlobOpener {
 public:
  [[nodiscard]] Bytes open(const BlobContext& context, const SessionKeys& keys,
                           const WriterKeys& writer, const BlobId& id, const BlobPlace& place,
                           ByteView stored);
  [[nodiscard]] Bytes open_list(const BlobContext& context, const IndexKeys& keys, const BlobId& id,
                                const BlobPlace& place, ByteView stored);

 private:
  [[nodiscard]] Bytes decode(Bytes coded, const BlobPlace& place);
  squeeze::Decompressor decompressor_;
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_BLOB_H_
