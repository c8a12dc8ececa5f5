#include "vault/range_writer.h"

namespace lifeboat::vault {

RangeWriter::RangeWriter(SessionWriter& session, unsigned average_log2)
    : session_(session),
      lane_(session),
      chunker_(average_log2, [this](ByteView chunk, bool bundle) {
        const BlobId id = bundle ? lane_.store_bundle(chunk) : lane_.store_chunk(chunk);
        blobs_.push_back({id, static_cast<std::uint32_t>(chunk.size())});
      }) {}

RangeEntry RangeWriter::finish(std::uint64_t first_block) {
  chunker_.finish();
  const StoreList store = [this](ByteView list) { return session_.store_list(list); };
  return {.first_block = first_block,
          .blobs = write_blob_list(blobs_, store),
          .server_fingerprint = {},
          .cache_key = {},
          .facts = session_.store_private(BlobKind::facts, sum_.encode()),
          .plain_bytes = sum_.bytes()};
}

}  // namespace lifeboat::vault
