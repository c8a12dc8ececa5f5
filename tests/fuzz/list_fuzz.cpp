// Lists of blobs, ranges and streams: docs/format/vault.md §11.
//
// An input is a kind, then lists, each with its length in front; the first is the root. An id
// stands for one of them by its first byte.
#include <map>
#include <vector>

#include "fuzz/target.h"
#include "seal/sha256.h"
#include "vault/list.h"

using namespace lifeboat;

namespace {

constexpr std::size_t kMostLists = 64;
/// A list may name another as often as it likes, level above level: the format puts no end to the
/// whole, only to its depth. Here is one, so that a run ends.
constexpr int kMostFetches = 2000;

std::vector<Bytes> lists_in(fuzz::Input& input) {
  std::vector<Bytes> lists;
  do {
    const ByteView list = input.piece();
    lists.emplace_back(list.begin(), list.end());
  } while (!input.rest().empty() && lists.size() < kMostLists);
  return lists;
}

/// Written lists by their SHA-256.
class Written {
 public:
  [[nodiscard]] vault::StoreList store() {
    return [this](ByteView list) {
      const vault::BlobId id{seal::sha256(list)};
      lists_.insert_or_assign(id, Bytes(list.begin(), list.end()));
      return id;
    };
  }
  [[nodiscard]] vault::FetchList fetch() const {
    return [this](const vault::BlobId& id) { return lists_.at(id); };
  }

 private:
  std::map<vault::BlobId, Bytes> lists_;
};

/// What was read is written, read and written again: the last two have one root.
template <typename Write, typename Read, typename Entries>
void write_twice(Write write, Read read, const Entries& entries) {
  Written written;
  const vault::BlobId root = write(entries, written.store());
  const Entries again = read(root, written.fetch());
  fuzz::require(again.size() == entries.size() && write(again, written.store()) == root,
                "a list is not the same after it was written again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const auto kind = input.byte() % 3;
  const std::vector<Bytes> lists = lists_in(input);
  int fetches = 0;
  const vault::FetchList fetch = [&](const vault::BlobId& id) {
    if (++fetches > kMostFetches) throw Error(ErrorKind::corrupt, "too many lists");
    return lists[id.bytes[0] % lists.size()];
  };
  const vault::BlobId root;
  fuzz::answers_with(fuzz::kStoredKinds, [&] {
    if (kind == 0) {
      write_twice(vault::write_blob_list, vault::read_blob_list, read_blob_list(root, fetch));
    } else if (kind == 1) {
      write_twice(vault::write_range_list, vault::read_range_list, read_range_list(root, fetch));
    } else {
      write_twice(vault::write_stream_list, vault::read_stream_list, read_stream_list(root, fetch));
    }
  });
  return 0;
}
