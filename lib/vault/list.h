#ifndef LIFEBOAT_VAULT_LIST_H_
#define LIFEBOAT_VAULT_LIST_H_

#include <functional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "vault/types.h"

/// Content-cut trees of lists: docs/format/vault.md §11.
namespace lifeboat::vault {

enum class ListKind : std::uint8_t { blobs = 1, ranges = 2, streams = 3 };

/// A blob of a range or document, in order.
struct BlobRef {
  BlobId id;
  std::uint32_t plain_bytes = 0;
};

/// A range of a stream. Fields 3 and 4 of the format are carried through unread.
struct RangeEntry {
  std::uint64_t first_block = 0;
  BlobId blobs;  ///< root of a list of blobs
  Bytes server_fingerprint;
  Bytes cache_key;
  BlobId facts;
  std::uint64_t plain_bytes = 0;
};

enum class StreamKind : std::uint8_t { table = 1, large_objects = 2, document = 3, keys = 4 };

/// A stream of a snapshot.
struct StreamEntry {
  std::uint16_t source = 0;  ///< place in the record's sources
  StreamKind kind = StreamKind::table;
  std::string name;  ///< "public.orders", "catalogue.json"
  BlobId list;       ///< root: of ranges, or for documents of blobs
  std::uint64_t plain_bytes = 0;
};

/// Stores the plaintext of one list and returns its id.
using StoreList = std::function<BlobId(ByteView)>;
/// Returns the plaintext of a list.
using FetchList = std::function<Bytes(const BlobId&)>;

[[nodiscard]] BlobId write_blob_list(const std::vector<BlobRef>& blobs, const StoreList& store);
[[nodiscard]] BlobId write_range_list(const std::vector<RangeEntry>& ranges,
                                      const StoreList& store);
[[nodiscard]] BlobId write_stream_list(const std::vector<StreamEntry>& streams,
                                       const StoreList& store);

[[nodiscard]] std::vector<BlobRef> read_blob_list(const BlobId& root, const FetchList& fetch);
[[nodiscard]] std::vector<RangeEntry> read_range_list(const BlobId& root, const FetchList& fetch);
[[nodiscard]] std::vector<StreamEntry> read_stream_list(const BlobId& root, const FetchList& fetch);

/// What one list names: the lists below it, and blobs that are none.
struct ListContents {
  std::vector<BlobId> lists;
  std::vector<BlobId> blobs;
};
/// Of any kind and level; throws corrupt.
[[nodiscard]] ListContents read_list_contents(ByteView plaintext);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_LIST_H_
