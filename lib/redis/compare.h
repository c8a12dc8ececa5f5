#ifndef LIFEBOAT_REDIS_COMPARE_H_
#define LIFEBOAT_REDIS_COMPARE_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/observer.h"
#include "redis/load.h"
#include "redis/record.h"
#include "resp/address.h"

namespace lifeboat::redis {

struct CompareRequest {
  resp::Url url;
  std::size_t depth = 1000;
  Selection selection = {};    ///< of both; functions are compared only if it is everything
  bool frozen_expiry = false;  ///< it was restored without expiries
  std::chrono::milliseconds expiry_delay{0};  ///< it was restored with expiries put off by this
  std::size_t named = 100;  ///< how many differences, and how many expired keys, are named
  std::size_t keys_a_pass = 500'000;
};

/// One key that is not as in the snapshot.
struct KeyDifference {
  enum class What { missing, extra, value, expiry, expired };
  What what = What::missing;
  std::uint32_t database = 0;
  std::string key;  ///< any bytes; empty if it had changed again before its name was read
  std::uint64_t expected_expiry_ms = kNoExpiry;  ///< of the snapshot; of `extra` meaningless
  std::uint64_t found_expiry_ms = kNoExpiry;     ///< of the server, if the key is there
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
  bool still = false;  ///< each pass was read exactly as of one moment, and whole
  std::uint32_t passes = 0;
  ServerFacts server;
  Instant at;  ///< by the server's clock: the moment, or if not `still` the end of the reading
  std::vector<KeyDifference> differences;   ///< at most CompareRequest::named
  std::vector<KeyDifference> expired_keys;  ///< the same

  [[nodiscard]] bool equal_so_far() const noexcept {
    return missing + extra + different_value + different_expiry == 0 && functions_equal;
  }
  [[nodiscard]] bool proven() const noexcept { return equal_so_far() && still; }
};

/// Reads a server whole and compares it with a snapshot, both ways: every key with its value, its
/// type and its expiry to the millisecond, and no key more. Values are compared by what they hold,
/// not by how they are encoded (value_digest.h). The server is read as capture() reads it: exactly
/// as of one moment, also while others write, or else not `still`. Several passes are of several
/// moments.
///
/// Memory: 72 bytes a key on each side, for `keys_a_pass` keys at a time: both are read once for so
/// many; names of `named` keys, twice. Throws Error: corrupt (records), and what capture() throws.
[[nodiscard]] CompareReport compare(const CompareRequest& request, RecordSource& snapshot,
                                    const std::optional<Bytes>& functions, Observer& observer,
                                    std::stop_token stop);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_COMPARE_H_
