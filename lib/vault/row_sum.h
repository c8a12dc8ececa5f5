#ifndef LIFEBOAT_VAULT_ROW_SUM_H_
#define LIFEBOAT_VAULT_ROW_SUM_H_

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "seal/sodium.h"

namespace lifeboat::vault {

/// The keyed hash of one record (a COPY line with its line end): docs/format/vault.md §8. One
/// evaluation serves the cut and the sum.
[[nodiscard]] seal::RowHash hash_row(const seal::SecretArray<16>& row_key, ByteView record);

/// Rows, bytes, and the sum mod 2^128 of row hashes: order-free, and it counts duplicates. Sums of
/// parts add up. It detects accidents and hostile storage, not someone who holds the row key.
class RowSum {
 public:
  void add(const seal::RowHash& hash, std::size_t record_bytes) noexcept;
  void add(const RowSum& other) noexcept;

  [[nodiscard]] std::uint64_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
  /// 16 bytes, little-endian.
  [[nodiscard]] ByteArray<16> sum() const noexcept;
  [[nodiscard]] std::string hex() const { return to_hex(sum()); }

  /// The facts of a range as stored: docs/format/vault.md §11.
  [[nodiscard]] Bytes encode() const;
  [[nodiscard]] static RowSum decode(ByteView facts);

  friend bool operator==(const RowSum&, const RowSum&) = default;

 private:
  std::uint64_t rows_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t low_ = 0;
  std::uint64_t high_ = 0;
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_ROW_SUM_H_
