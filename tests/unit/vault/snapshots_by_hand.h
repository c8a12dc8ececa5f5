#ifndef LIFEBOAT_TESTS_UNIT_VAULT_SNAPSHOTS_BY_HAND_H_
#define LIFEBOAT_TESTS_UNIT_VAULT_SNAPSHOTS_BY_HAND_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "vault/retention.h"

namespace lifeboat::vault {

inline constexpr RetentionFloor kNoFloor{.count = 0, .age = {}, .max_run = std::chrono::hours(24)};

inline Instant at(const char* text) { return *parse_instant(text); }

/// A vault's snapshots, put together by hand.
class Snapshots {
 public:
  Candidate& add(const std::string& time, std::uint8_t writer = 1,
                 std::vector<std::string> sources = {"shop-db"}) {
    return add(*parse_instant(time), writer, std::move(sources));
  }
  Candidate& add(Instant time, std::uint8_t writer = 1,
                 std::vector<std::string> sources = {"shop-db"}) {
    Candidate one;
    const std::size_t number = all_.size() + 1;
    one.id.bytes[0] = static_cast<std::uint8_t>(number >> 8U);
    one.id.bytes[1] = static_cast<std::uint8_t>(number);
    one.writer.bytes[0] = writer;
    one.seq = ++seqs_[writer];
    one.time = time;
    one.sources = std::move(sources);
    return all_.emplace_back(std::move(one));
  }
  [[nodiscard]] const std::vector<Candidate>& all() const { return all_; }
  [[nodiscard]] SnapshotId id(std::size_t place) const { return all_.at(place).id; }

 private:
  std::vector<Candidate> all_;
  std::map<std::uint8_t, std::uint64_t> seqs_;
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_TESTS_UNIT_VAULT_SNAPSHOTS_BY_HAND_H_
