#ifndef LIFEBOAT_RESTORE_WARM_UP_H_
#define LIFEBOAT_RESTORE_WARM_UP_H_

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

#include "base/observer.h"

namespace lifeboat::restore {

/// Requests that make an application fill its cache again.
struct WarmUp {
  std::vector<std::string> urls;  ///< https; http on this machine only
  std::chrono::seconds timeout{10};
  int count = 1;  ///< how often each is asked
};

/// What became of the requests to one URL.
struct WarmUpOutcome {
  std::string url;  ///< without its query, which may be private
  int asked = 0;
  int answered = 0;     ///< with a status from 200 to 299
  int status = 0;       ///< of the last answer; 0 = none came
  std::string failure;  ///< of the last request that failed; empty = none did
  std::chrono::milliseconds slowest{0};
};

/// Asks each URL in turn, one request at a time, `count` times; a body is thrown away. A failure is
/// an outcome. Certificates are checked, redirects are not followed. Memory: the longest answer, at
/// most 16 MiB. Throws Error(cancelled).
[[nodiscard]] std::vector<WarmUpOutcome> warm_up(const WarmUp& requests, Observer& observer,
                                                 const std::stop_token& stop);

}  // namespace lifeboat::restore

#endif  // LIFEBOAT_RESTORE_WARM_UP_H_
