#include "redis/key_table.h"

#include <algorithm>

#include "base/error.h"
#include "base/wire.h"
#include "seal/sha256.h"

namespace lifeboat::redis {
namespace {

ValueType type_of(PieceType type) { return static_cast<ValueType>(type); }

static_assert(static_cast<int>(ValueType::hash) == static_cast<int>(PieceType::hash));
static_assert(static_cast<int>(ValueType::string) == static_cast<int>(PieceType::string));

}  // namespace

KeyHash hash_of(std::uint32_t database, std::string_view key) {
  WireWriter hashed;
  hashed.put(database).put_bytes(as_bytes(key));
  const seal::Sha256 whole = seal::sha256(hashed.bytes());
  KeyHash hash{};
  std::copy_n(whole.begin(), hash.size(), hash.begin());
  return hash;
}

bool KeyTable::takes(const KeyHash& key) const {
  return (key[14] << 8U | key[15]) % parts_ == part_;
}

void KeyTable::add_piece(const KeyHash& key, const Record& record) {
  const Piece piece = decode_piece(record.body);
  if (piece.number == 0) pieces_.emplace(type_of(piece.type));
  if (!pieces_) throw Error(ErrorKind::corrupt, "a record of Redis keys: a piece without a first");
  for (std::size_t i = 0; i < piece.elements.size(); ++i) {
    if (piece.type == PieceType::sorted_set) {
      pieces_->add_scored(piece.elements[i], score_of(piece.elements[i + 1]));
      ++i;
    } else if (piece.type == PieceType::hash) {
      pieces_->add_field(piece.elements[i], piece.elements[i + 1]);
      ++i;
    } else {
      pieces_->add(piece.elements[i]);
    }
  }
  if (!piece.last) return;
  rows_.push_back(
      {key, static_cast<std::uint32_t>(rows_.size()), false, record.expiry_ms, pieces_->finish()});
  pieces_.reset();
}

void KeyTable::apply(const Record& record) {
  const KeyHash key = hash_of(record.database, record.key);
  if (!takes(key)) return;
  if (record.tag == Tag::piece) return add_piece(key, record);
  Row row{
      key, static_cast<std::uint32_t>(rows_.size()), record.tag == Tag::gone, record.expiry_ms, {}};
  if (!row.gone) row.digest = digest_of_payload(record.body);
  rows_.push_back(row);
}

void KeyTable::clear() {
  rows_.clear();
  pieces_.reset();
}

std::vector<KeyTable::Row> KeyTable::finish() {
  std::ranges::sort(rows_, [](const Row& a, const Row& b) {
    return a.key != b.key ? a.key < b.key : a.order < b.order;
  });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const bool last = i + 1 == rows_.size() || rows_[i].key != rows_[i + 1].key;
    if (last && !rows_[i].gone) rows_[kept++] = rows_[i];
  }
  rows_.resize(kept);
  return std::move(rows_);
}

}  // namespace lifeboat::redis
