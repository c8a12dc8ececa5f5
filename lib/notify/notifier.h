#ifndef LIFEBOAT_NOTIFY_NOTIFIER_H_
#define LIFEBOAT_NOTIFY_NOTIFIER_H_

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "notify/courier.h"
#include "notify/sink.h"

namespace lifeboat::notify {

enum class Reception {
  delivered,
  nothing_to_say,  ///< the sink does not ask for this event, or has no word for it
  failed
};
[[nodiscard]] std::string_view name_of(Reception reception) noexcept;

/// What became of a message at one sink. A value without secrets.
struct Outcome {
  std::string sink{};
  config::SinkKind kind = config::SinkKind::webhook;
  Reception reception = Reception::nothing_to_say;
  int tries = 0;       ///< of the last request
  std::string said{};  ///< "202", or what went wrong; empty if there was nothing to say
  std::chrono::milliseconds took{0};
};

/// "slack (notify.ops) was not told: answers 500 (6 tries)".
[[nodiscard]] std::string warning_of(const Outcome& outcome);

struct NotifierSettings {
  /// For all sinks together.
  std::chrono::milliseconds within{30'000};
  /// How much later deliver() returns at the most, if something does not let itself be stopped.
  std::chrono::milliseconds grace{2'000};
  CourierSettings courier = {};
};

/// Tells sinks. Keeps what a healthchecks server said of its limit from one message to the next;
/// nothing else. `clock` must outlive it. deliver() is for one thread at a time.
class Notifier {
 public:
  Notifier(std::vector<Sink> sinks, NotifierSettings settings, const Clock& clock);
  ~Notifier();
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  /// Tells all sinks at the same time, each in a thread of its own, and returns an outcome for
  /// each, in the order of the sinks. Never throws for what a sink does, and never takes longer
  /// than `within` and `grace`: what is not done then has failed. The process may end meanwhile:
  /// nothing that the vault needs depends on it.
  [[nodiscard]] std::vector<Outcome> deliver(const Message& message, const std::stop_token& stop);

  [[nodiscard]] const std::vector<Sink>& sinks() const noexcept { return sinks_; }

 private:
  std::vector<Sink> sinks_;
  const NotifierSettings settings_;
  const Clock& clock_;
  std::vector<std::size_t> ping_body_limits_;  // one a sink
};

/// The sinks of a configuration, unresolved references resolved by `resolve`, which may throw: then
/// the sink has a `problem`, and the others work.
[[nodiscard]] std::vector<Sink> sinks_of(
    const config::NotifySection& section,
    const std::function<Secret(const std::string& reference)>& resolve);

}  // namespace lifeboat::notify

#endif  // LIFEBOAT_NOTIFY_NOTIFIER_H_
