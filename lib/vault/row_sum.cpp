#include "vault/row_sum.h"

#include "base/units.h"
#include "base/wire.h"
#include "vault/fields.h"

namespace lifeboat::vault {
namespace {

std::uint64_t little_endian(const std::uint8_t* bytes) {
  return WireReader(ByteView(bytes, 8), "a sum").get<std::uint64_t>();
}

}  // namespace

seal::RowHash hash_row(const seal::SecretArray<16>& row_key, ByteView record) {
  if (record.size() <= kMiB) return seal::short_hash(row_key, record);
  Bytes digest;
  append(digest, seal::hash({record}));
  append(digest, wire(static_cast<std::uint64_t>(record.size())));
  return seal::short_hash(row_key, digest);
}

void RowSum::add(const seal::RowHash& hash, std::size_t record_bytes) noexcept {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  std::memcpy(&low, hash.data(), 8);
  std::memcpy(&high, hash.data() + 8, 8);
  static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
  low_ += low;
  high_ += high + (low_ < low ? 1U : 0U);
  ++rows_;
  bytes_ += record_bytes;
}

void RowSum::add(const RowSum& other) noexcept {
  low_ += other.low_;
  high_ += other.high_ + (low_ < other.low_ ? 1U : 0U);
  rows_ += other.rows_;
  bytes_ += other.bytes_;
}

ByteArray<16> RowSum::sum() const noexcept {
  ByteArray<16> bytes;
  std::memcpy(bytes.data(), &low_, 8);
  std::memcpy(bytes.data() + 8, &high_, 8);
  return bytes;
}

Bytes RowSum::encode() const {
  return FieldsWriter()
      .critical(1, wire(rows_))
      .critical(2, wire(bytes_))
      .critical(3, sum())
      .take();
}

RowSum RowSum::decode(ByteView facts) {
  RowSum sum;
  FieldsReader fields(facts, "the facts of a range");
  while (const auto field = fields.next()) {
    switch (field->number) {
      case 1:
        sum.rows_ = field->integer<std::uint64_t>();
        break;
      case 2:
        sum.bytes_ = field->integer<std::uint64_t>();
        break;
      case 3: {
        const auto bytes = field->array<16>();
        sum.low_ = little_endian(bytes.data());
        sum.high_ = little_endian(bytes.data() + 8);
        break;
      }
      default:
        field->unknown();
    }
  }
  fields.require({1, 2, 3});
  return sum;
}

}  // namespace lifeboat::vault
