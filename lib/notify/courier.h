#ifndef LIFEBOAT_NOTIFY_COURIER_H_
#define LIFEBOAT_NOTIFY_COURIER_H_

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "notify/posts.h"
#include "store/retry.h"

namespace lifeboat::notify {

struct CourierSettings {
  /// For one try, from the connection to the last byte of the answer.
  std::chrono::milliseconds try_timeout{10'000};
  /// Five retries; a server's Retry-After is kept if there is time for it.
  store::RetryPolicy retry{.most_tries = 6,
                           .first_delay = std::chrono::milliseconds(500),
                           .longest_delay = std::chrono::milliseconds(8'000),
                           .longest_wish = std::chrono::milliseconds(600'000),
                           .budget = 50};
  store::Waiter wait = store::wait_in_earnest;
};

/// What became of one request.
struct Delivered {
  bool done = false;  ///< answered with 2xx
  int tries = 0;
  int status = 0;      ///< of the last answer; 0 = there was none
  std::string said{};  ///< "202", or why not; holds no secret
  /// Ping-Body-Limit, if the answer had it.
  std::optional<std::size_t> ping_body_limit{};
};

/// Sends until it is answered with 2xx, until an answer says that trying again is of no use (any
/// but 408, 429 and 5xx), until the tries are used up, or until `deadline`. Blocks; never throws
/// for what the network or the server does. `hidden` are texts that may not come back out of an
/// answer's body. Redirects are not followed.
[[nodiscard]] Delivered deliver_post(const Post& post, const CourierSettings& settings,
                                     const std::vector<Secret>& hidden, const Clock& clock,
                                     std::chrono::steady_clock::time_point deadline,
                                     const std::stop_token& stop);

/// Sends datagrams to HOST:PORT. UDP answers nothing: done means that they left, and that this
/// machine did not say at once that nobody listens. Blocks for a name's resolution, at most until
/// `deadline`.
[[nodiscard]] Delivered deliver_datagrams(const std::string& address,
                                          const std::vector<std::string>& datagrams,
                                          std::chrono::steady_clock::time_point deadline);

}  // namespace lifeboat::notify

#endif  // LIFEBOAT_NOTIFY_COURIER_H_
