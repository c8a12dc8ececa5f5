#include "vault/chunker.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "base/units.h"

namespace lifeboat::vault {
namespace {

constexpr unsigned kLeastLog2 = 16;
constexpr unsigned kGreatestLog2 = 20;
constexpr std::size_t kPieceBytes = kMiB;

std::uint64_t saturating_shift_left(std::uint64_t value, unsigned bits) {
  if (value > std::numeric_limits<std::uint64_t>::max() >> bits) {
    return std::numeric_limits<std::uint64_t>::max();
  }
  return value << bits;
}

}  // namespace

unsigned average_log2_for(std::uint64_t total_bytes, unsigned previous) {
  const std::uint64_t wanted = (total_bytes >> 20U) + ((total_bytes & (kMiB - 1)) != 0 ? 1 : 0);
  const unsigned exact = wanted <= 1 ? 0 : static_cast<unsigned>(std::bit_width(wanted - 1));
  const unsigned pick = std::clamp(exact, kLeastLog2, kGreatestLog2);
  if (previous < kLeastLog2 || previous > kGreatestLog2) return pick;
  const unsigned distance = pick > previous ? pick - previous : previous - pick;
  return distance >= 2 ? pick : previous;
}

Chunker::Chunker(unsigned average_log2, Emit emit)
    : average_log2_(average_log2), emit_(std::move(emit)) {}

void Chunker::add(ByteView record, const seal::RowHash& hash) {
  const std::size_t average = std::size_t{1} << average_log2_;
  if (record.size() > 4 * average) {
    add_oversized(record);
    return;
  }
  if (open_bytes() + record.size() > 4 * average) cut();
  append(buffer_, record);
  if (held_bytes_ > 0 && open_bytes() >= average / 4) emit_held();
  if (open_bytes() >= average / 4 && cuts_behind(record.size(), hash)) cut();
}

void Chunker::add_oversized(ByteView record) {
  emit_all();
  while (!record.empty()) {
    const std::size_t count = std::min(record.size(), kPieceBytes);
    emit_(record.first(count), false);
    emitted_ = true;
    record = record.subspan(count);
  }
}

bool Chunker::cuts_behind(std::size_t record_bytes, const seal::RowHash& hash) const {
  const std::size_t average = std::size_t{1} << average_log2_;
  std::uint64_t threshold = saturating_shift_left(record_bytes, 64 - average_log2_);
  threshold = open_bytes() < average ? threshold / 2 : saturating_shift_left(threshold, 1);
  std::uint64_t value = 0;
  std::memcpy(&value, hash.data(), sizeof value);
  return value < threshold;
}

void Chunker::cut() {
  if (open_bytes() == 0) return;
  if (held_bytes_ > 0) emit_held();
  held_bytes_ = buffer_.size();
}

void Chunker::emit_held() {
  emit_(ByteView(buffer_).first(held_bytes_), false);
  emitted_ = true;
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(held_bytes_));
  held_bytes_ = 0;
}

void Chunker::emit_all() {
  if (held_bytes_ > 0) emit_held();
  if (buffer_.empty()) return;
  emit_(buffer_, false);
  emitted_ = true;
  buffer_.clear();
}

void Chunker::finish() {
  if (buffer_.empty()) return;
  const std::size_t least = (std::size_t{1} << average_log2_) / 4;
  // A tail that is too short is still behind the chunk held back: they leave as one.
  if (held_bytes_ > 0 && open_bytes() >= least) emit_held();
  const bool bundle = !emitted_ && buffer_.size() < least;
  emit_(buffer_, bundle);
  buffer_.clear();
  held_bytes_ = 0;
}

}  // namespace lifeboat::vault
