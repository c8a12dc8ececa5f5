#ifndef LIFEBOAT_VAULT_CHUNKER_H_
#define LIFEBOAT_VAULT_CHUNKER_H_

#include <functional>

#include "base/bytes.h"
#include "seal/sodium.h"

namespace lifeboat::vault {

/// log2 of the average chunk for a source of `total_bytes`: docs/format/vault.md §8. `previous` is
/// that of the source's last snapshot (0 = none); it stays unless the pick is off by 4x or more.
[[nodiscard]] unsigned average_log2_for(std::uint64_t total_bytes, unsigned previous);

/// Cuts one range into chunks on record borders, by the hash of each record: §8 rules 1 to 4.
///
/// Memory: at most 4.25 times the average, plus one record. Not thread-safe; no state is shared.
class Chunker {
 public:
  /// `bundle` = the whole range, too short to be a chunk.
  using Emit = std::function<void(ByteView chunk, bool bundle)>;

  /// `emit` is called from add() and finish(); its view dies with the call.
  Chunker(unsigned average_log2, Emit emit);

  /// `hash` is hash_row() of the record.
  void add(ByteView record, const seal::RowHash& hash);
  /// The end of the range. Call once, last.
  void finish();

 private:
  void add_oversized(ByteView record);
  [[nodiscard]] bool cuts_behind(std::size_t record_bytes, const seal::RowHash& hash) const;
  /// Closes what is open; it is held back until the next chunk is long enough to stand alone.
  void cut();
  void emit_held();
  void emit_all();

  [[nodiscard]] std::size_t open_bytes() const noexcept { return buffer_.size() - held_bytes_; }

  unsigned average_log2_;
  Emit emit_;
  Bytes buffer_;                ///< a chunk held back (perhaps), then what is open
  std::size_t held_bytes_ = 0;  ///< length of the chunk held back at the front of buffer_
  bool emitted_ = false;
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_CHUNKER_H_
