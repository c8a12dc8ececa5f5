#ifndef LIFEBOAT_VAULT_PACK_H_
#define LIFEBOAT_VAULT_PACK_H_

#include <utility>
#include <vector>

#include "vault/blob.h"
#include "vault/keyring.h"
#include "vault/types.h"

namespace lifeboat::vault {

struct PackedBlob {
  BlobId id;
  BlobPlace place;
};

/// A complete pack, ready to be stored under its name.
struct Pack {
  ObjectType type = ObjectType::data_pack;
  ObjectHash hash;
  Bytes bytes;
  std::vector<PackedBlob> blobs;
};

/// Builds one pack: docs/format/vault.md §9. Memory: the pack itself. Not thread-safe.
class PackBuilder {
 public:
  /// `session_header` is the stored header; it goes in front. The pack grows in `buffer`.
  PackBuilder(ObjectType type, const BlobContext& context, ByteView session_header,
              Bytes buffer = {});

  /// Where the next blob's stored bytes are appended; pass its place to added() right after.
  [[nodiscard]] Bytes& tail() noexcept { return bytes_; }
  void added(const BlobId& id, BlobPlace place);

  [[nodiscard]] std::size_t size_bytes() const noexcept { return bytes_.size(); }
  [[nodiscard]] bool empty() const noexcept { return blobs_.empty(); }

  /// Pads, adds the directory, names it, and starts anew in `next_buffer`.
  [[nodiscard]] Pack finish(const IndexKeys& keys, Bytes next_buffer = {});

 private:
  void start(Bytes buffer);

  ObjectType type_;
  BlobContext context_;
  Bytes session_header_;
  Bytes bytes_;
  std::vector<PackedBlob> blobs_;
};

/// The least Padmé length that holds `length` bytes.
[[nodiscard]] std::uint64_t padme(std::uint64_t length);

/// Reads the directory at the end of a stored pack. Throws corrupt.
[[nodiscard]] std::vector<PackedBlob> read_directory(ByteView stored, ObjectType type,
                                                     const BlobContext& context,
                                                     const IndexKeys& keys);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_PACK_H_
