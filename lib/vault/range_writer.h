#ifndef LIFEBOAT_VAULT_RANGE_WRITER_H_
#define LIFEBOAT_VAULT_RANGE_WRITER_H_

#include <vector>

#include "vault/chunker.h"
#include "vault/list.h"
#include "vault/row_sum.h"
#include "vault/session_writer.h"

namespace lifeboat::vault {

/// Writes the records of one range: sums them, cuts them into chunks, stores those, and at the end
/// the range's list and facts. Used by one thread; takes a lane for as long as it lives.
class RangeWriter {
 public:
  RangeWriter(SessionWriter& session, unsigned average_log2);

  void add(ByteView record) {
    const seal::RowHash hash = hash_row(session_.writer_keys().row, record);
    sum_.add(hash, record.size());
    chunker_.add(record, hash);
  }
  /// The entry for the stream's list of ranges.
  [[nodiscard]] RangeEntry finish(std::uint64_t first_block);

  [[nodiscard]] const RowSum& sum() const noexcept { return sum_; }

 private:
  SessionWriter& session_;
  SessionWriter::Lane lane_;
  Chunker chunker_;
  RowSum sum_;
  std::vector<BlobRef> blobs_;
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_RANGE_WRITER_H_
