#include "fuzz/mutator.h"

#include <algorithm>
#include <array>

#include "base/wire.h"

namespace lifeboat::fuzz {
namespace {

constexpr std::size_t kMostChanges = 8;
constexpr std::size_t kLongestPart = 64;
constexpr std::size_t kLongestInput = std::size_t{1} << 16U;
/// Values at which counts and lengths go wrong.
constexpr std::array<std::uint32_t, 12> kEdges = {
    0, 1, 7, 0x7F, 0x80, 0xFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF};

}  // namespace

Mutator::Mutator(const std::vector<Bytes>& corpus, std::uint64_t seed)
    : corpus_(corpus), state_(seed * 0x9E3779B97F4A7C15ULL + 1) {}

std::uint64_t Mutator::next() {
  state_ ^= state_ << 13U;
  state_ ^= state_ >> 7U;
  state_ ^= state_ << 17U;
  return state_;
}

std::size_t Mutator::below(std::size_t bound) {
  return bound == 0 ? 0 : static_cast<std::size_t>((next() >> 16U) % bound);
}

Bytes Mutator::mutated(const Bytes& input) {
  Bytes bytes = input;
  const std::size_t changes = 1 + below(kMostChanges);
  for (std::size_t i = 0; i < changes; ++i) change(bytes);
  if (bytes.size() > kLongestInput) bytes.resize(kLongestInput);
  return bytes;
}

void Mutator::change(Bytes& bytes) {
  const std::size_t way = below(8);
  if (way == 0) {
    insert_part_of(corpus_[below(corpus_.size())], bytes);
  } else if (way == 1) {
    insert_part_of(Bytes(bytes), bytes);
  } else if (bytes.empty()) {
    bytes.push_back(static_cast<std::uint8_t>(next()));
  } else if (way == 2) {
    erase(bytes);
  } else if (way == 3) {
    bytes.resize(below(bytes.size() + 1));
  } else if (way == 4) {
    bytes[below(bytes.size())] ^= static_cast<std::uint8_t>(1U << below(8));
  } else {
    overwrite(bytes);
  }
}

void Mutator::overwrite(Bytes& bytes) {
  const std::size_t at = below(bytes.size());
  if (below(2) == 0) {
    bytes[at] = static_cast<std::uint8_t>(next() >> 32U);
    return;
  }
  const Bytes number = WireWriter().put(kEdges[below(kEdges.size())]).take();
  const std::size_t width = std::min(std::size_t{1} << below(3), bytes.size() - at);
  std::copy_n(number.begin(), width, bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

void Mutator::erase(Bytes& bytes) {
  const std::size_t at = below(bytes.size());
  const std::size_t count = 1 + below(std::min(kLongestPart, bytes.size() - at));
  const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(at);
  bytes.erase(from, from + static_cast<std::ptrdiff_t>(std::min(count, bytes.size() - at)));
}

void Mutator::insert_part_of(const Bytes& from, Bytes& bytes) {
  const std::size_t at = below(from.size());
  const std::size_t count = std::min(1 + below(kLongestPart), from.size() - at);
  const auto part = from.begin() + static_cast<std::ptrdiff_t>(at);
  bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(below(bytes.size() + 1)), part,
               part + static_cast<std::ptrdiff_t>(count));
}

}  // namespace lifeboat::fuzz
