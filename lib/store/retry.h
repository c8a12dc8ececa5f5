#ifndef LIFEBOAT_STORE_RETRY_H_
#define LIFEBOAT_STORE_RETRY_H_

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <random>
#include <stop_token>

namespace lifeboat::store {

struct RetryPolicy {
  int most_tries = 8;                               ///< of one request, the first included
  std::chrono::milliseconds first_delay{200};       ///< the most before the second try
  std::chrono::milliseconds longest_delay{20'000};  ///< the most before any
  std::chrono::milliseconds longest_wish{120'000};  ///< Retry-After beyond this is not waited for
  int budget = 50;                                  ///< retries that may be owed at once
};

/// Waits, or returns early on a stop request.
using Waiter = std::function<void(std::chrono::milliseconds, const std::stop_token&)>;
void wait_in_earnest(std::chrono::milliseconds delay, const std::stop_token& stop);

/// When requests that failed are tried again, for all threads of one store: full jitter (a random
/// part of first_delay, doubled each time, so that many clients do not come back at once), never
/// earlier than the server asked for. The budget holds all of them back together: a retry takes
/// one, a success gives half of one back; when it is used up, failures are final at once, and a
/// store that is down is not hammered. Thread-safe.
class Retries {
 public:
  explicit Retries(RetryPolicy policy);

  /// How long to wait before the next try; nothing if there is none. `tries` were made.
  [[nodiscard]] std::optional<std::chrono::milliseconds> next_delay(
      int tries, std::optional<std::chrono::milliseconds> retry_after);
  void succeeded();

 private:
  const RetryPolicy policy_;
  std::mutex mutex_;
  double left_;
  std::mt19937_64 random_;
};

}  // namespace lifeboat::store

#endif  // LIFEBOAT_STORE_RETRY_H_
