#ifndef LIFEBOAT_TESTS_UNIT_NOTIFY_RECEIVER_H_
#define LIFEBOAT_TESTS_UNIT_NOTIFY_RECEIVER_H_

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "base/error.h"
#include "harness/http_server.h"
#include "notify/bodies.h"
#include "notify/notifier.h"
#include "notify/standing.h"

namespace lifeboat::notify {

/// A server that keeps what it was sent, and answers as it is told to.
class Receiver {
 public:
  using Answer = std::function<std::string(const harness::HttpRequest&, std::size_t number)>;
  explicit Receiver(Answer answer = [](const harness::HttpRequest&,
                                       std::size_t) { return harness::http_answer(200, "OK"); })
      : answer_(std::move(answer)),
        server_([this](const harness::HttpRequest& request, harness::HttpPeer& peer) {
          std::size_t number = 0;
          {
            const std::scoped_lock lock(mutex_);
            seen_.push_back(request);
            number = seen_.size();
          }
          peer.send(answer_(request, number));
        }) {}

  [[nodiscard]] std::vector<harness::HttpRequest> seen() const {
    const std::scoped_lock lock(mutex_);
    return seen_;
  }
  [[nodiscard]] std::string url(const std::string& path) const { return server_.url(path); }

 private:
  Answer answer_;
  mutable std::mutex mutex_;
  std::vector<harness::HttpRequest> seen_;
  harness::HttpServer server_;
};

/// The first event of docs/format/webhook.md.
inline Event failed_drill() {
  Event event;
  event.what = What::drill_failed;
  event.app = "shop";
  event.name = "weekly-restore";
  event.verdict = "objective_missed";
  event.summary = "recovered in 72 min of 60, losing 4 h 36 min of 24 h";
  event.figures = {{"rta_seconds", 4320}, {"rto_objective_seconds", 3600}, {"cost_usd", 0.41}};
  event.runbook = "runbooks/lost-primary.md";
  event.heads = {{"snapshot/1f2e3d4c", "snapshot/1f2e3d4c:17:0123456789abcdef"}};
  event.snapshot = "7f3a91c200000000000000000000000000000000000000000000000000000000";
  event.at = *parse_instant("2026-11-23T05:12:00Z");
  event.started = *parse_instant("2026-11-23T04:00:00Z");
  event.exit_code = 3;
  event.id = "6f1c2b1e-0f0a-4c0a-9d53-8a3f1e6f2a10";
  event.run = "0b7e9e02-6f2d-8a41-b1a7-1f4d2c9e8b55";
  return event;
}

inline Event event_of(What what) {
  Event event = failed_drill();
  event.what = what;
  event.verdict = what == What::drill_passed ? "passed" : "";
  event.exit_code = tone_of(what) == Tone::good ? std::optional(0) : std::nullopt;
  return event;
}

inline Message message_of(What what) { return {.event = event_of(what), .samples = {}}; }

inline Sink sink_of(config::SinkKind kind, const std::string& url) {
  return {.name = "ops",
          .kind = kind,
          .url = Secret(url),
          .key = Secret("0123456789canary77routing0123456"),
          .secret = {}};
}

/// Retries without waiting for them; what was to be waited for is added to `waited`.
inline NotifierSettings impatient(std::vector<std::chrono::milliseconds>* waited = nullptr) {
  NotifierSettings settings;
  settings.courier.wait = [waited](std::chrono::milliseconds delay, const std::stop_token&) {
    if (waited != nullptr) waited->push_back(delay);
  };
  return settings;
}

/// What becomes of one message at one sink.
inline Outcome told(const Sink& sink, const Message& message,
                    const NotifierSettings& settings = impatient()) {
  const FakeClock clock(*parse_instant("2026-11-23T05:12:01Z"));
  Notifier notifier({sink}, settings, clock);
  return notifier.deliver(message, {}).front();
}

}  // namespace lifeboat::notify

#endif  // LIFEBOAT_TESTS_UNIT_NOTIFY_RECEIVER_H_
