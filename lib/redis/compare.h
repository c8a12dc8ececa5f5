#ifndef LIFEBOAT_REDIS_COMPARE_H_
#define LIFEBOAT_REDIS_COMPARE_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/observer.h"
#include "base/secret.h"
#include "redis/load.h"

namespace lifeboat::redis {

struct CompareRequest {
  Secret url;
  std::size_t depth = 1000;
  bool frozen_expiry = false;                 ///< it was restored without expiries
  std::chrono::milliseconds expiry_delay{0};  ///< it was restored with expiries put off by this
  std::size_t keys_a_pass = 500'000;
};

/// One key that is not as in the snapshot.
struct KeyDifference {
  enum class What { missing, extra, value, expiry };
  What what = What::missing;
  std::uint32_t database = 0;
  std::string key;
};

struct CompareReport {
  std::uint64_t keys = 0;  ///< of the snapshot that count, those that have expired left out
  std::uint64_t equal = 0;
  std::uint64_t missing = 0;
  std::uint64_t extra = 0;
  std::uint64_t different_value = 0;
  std::uint64_t different_expiry = 0;  ///< the value is equal
  std::uint64_t expired = 0;           ///< not there because their time has passed
  std::uint64_t overdue = 0;  ///< with `expiry_delay`: there, though their own time has passed
  bool functions_equal = false;
  bool still = false;                      ///< nobody wrote to the server while it was read
  std::vector<KeyDifference> differences;  ///< the first 100

  [[nodiscard]] bool proven() const noexcept {
    return missing + extra + different_value + different_expiry == 0 && functions_equal && still;
  }
};

/// Reads a server whole and compares it with a snapshot, both ways: every key with its value, its
/// type and its expiry to the millisecond, and no key more. Values are compared by what they hold,
/// not by how they are encoded (value_digest.h).
///
/// Memory: 72 bytes a key on each side, for `keys_a_pass` keys at a time: both are read once for so
/// many. Throws Error: corrupt (records), and what capture() throws.
[[nodiscard]] CompareReport compare(const CompareRequest& request, RecordSource& snapshot,
                                    const std::optional<Bytes>& functions, Observer& observer,
                                    std::stop_token stop);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_COMPARE_H_
