#ifndef LIFEBOAT_NOTIFY_SINK_H_
#define LIFEBOAT_NOTIFY_SINK_H_

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "config/notify_section.h"
#include "notify/event.h"
#include "notify/sample.h"
#include "notify/selection.h"

namespace lifeboat::notify {

/// Somebody who is told, with all that is needed for it: a section of the configuration with its
/// references resolved. A URL is a secret: whoever has it can write there.
struct Sink {
  std::string name{};
  config::SinkKind kind = config::SinkKind::webhook;
  Secret url{};                  ///< https, or http on this machine
  Secret key{};                  ///< pagerduty, newrelic
  Secret secret{};               ///< webhook: signs; empty = no signature
  std::string address{};         ///< statsd, dogstatsd: HOST:PORT
  std::filesystem::path file{};  ///< prometheus
  std::vector<std::string> on{};
  std::vector<std::string> only{};
  /// Why it cannot be used (a variable that is not set); empty = it can. Told as its outcome.
  std::string problem{};
};

/// What of a URL may not be shown: the whole, and what stands behind its host, since servers and
/// libraries quote paths. Paths of fewer than 8 bytes hide nothing, and would hide words.
[[nodiscard]] std::vector<Secret> hidden_parts(const Secret& url);

/// What is told in one go. Sinks that take no events get the samples, and the other way round.
struct Message {
  std::optional<Event> event;
  std::vector<Sample> samples;
};

}  // namespace lifeboat::notify

#endif  // LIFEBOAT_NOTIFY_SINK_H_
