#ifndef LIFEBOAT_TESTS_UNIT_VAULT_ADDED_BY_HAND_H_
#define LIFEBOAT_TESTS_UNIT_VAULT_ADDED_BY_HAND_H_

#include <string>
#include <utility>
#include <vector>

#include "snapshots_by_hand.h"
#include "vault/added_bytes.h"

namespace lifeboat::vault {

/// What one source added, and its snapshots as retention sees them, put together by hand.
class SourceByHand {
 public:
  explicit SourceByHand(std::string name = "shop-db", std::uint8_t writer = 1) {
    series_.source = std::move(name);
    series_.writer.bytes[0] = writer;
  }

  Addition& add(Instant time, std::uint64_t bytes) {
    const std::uint64_t seq = series_.additions.size() + 1;
    Addition one{
        .snapshot = {}, .time = time, .seq = seq, .added_bytes = bytes, .read_bytes = bytes};
    one.snapshot.bytes[0] = series_.writer.bytes[0];
    one.snapshot.bytes[1] = static_cast<std::uint8_t>(seq >> 8U);
    one.snapshot.bytes[2] = static_cast<std::uint8_t>(seq);
    return series_.additions.emplace_back(one);
  }

  /// `count` snapshots from `first` on, of `bytes` each.
  SourceByHand& each(Instant first, std::chrono::milliseconds every, int count,
                     std::uint64_t bytes) {
    for (int i = 0; i < count; ++i) add(first + i * every, bytes);
    return *this;
  }

  [[nodiscard]] SourceSeries& series() { return series_; }
  /// Those that are not forgotten.
  [[nodiscard]] std::vector<Candidate> candidates() const {
    std::vector<Candidate> all;
    for (const Addition& one : series_.additions) {
      if (one.forgotten) continue;
      all.push_back({.id = one.snapshot,
                     .writer = series_.writer,
                     .seq = one.seq,
                     .time = one.time,
                     .sources = {series_.source},
                     .stored_bytes = one.added_bytes});
    }
    return all;
  }

 private:
  SourceSeries series_;
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_TESTS_UNIT_VAULT_ADDED_BY_HAND_H_
