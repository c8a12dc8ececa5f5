#ifndef LIFEBOAT_NOTIFY_TELLING_H_
#define LIFEBOAT_NOTIFY_TELLING_H_

#include "notify/notifier.h"

namespace lifeboat::notify {

/// All that telling one sink needs. Copies: a thread that is left behind owns what it works on.
struct Telling {
  Sink sink;
  Message message;
  CourierSettings settings;
  std::vector<Secret> hidden;  ///< of all sinks: no answer may bring one of them back
  std::size_t ping_body_limit = kPingBodyLimit;
  Instant now{};
  std::chrono::steady_clock::time_point deadline{};
};

struct Told {
  Outcome outcome;
  std::size_t ping_body_limit = kPingBodyLimit;
};

/// Tells one sink, and blocks for it. Throws nothing but what has no better place (no memory).
[[nodiscard]] Told tell(const Telling& telling, const std::stop_token& stop);

}  // namespace lifeboat::notify

#endif  // LIFEBOAT_NOTIFY_TELLING_H_
