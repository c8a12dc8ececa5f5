#ifndef LIFEBOAT_CONFIG_NOTIFY_SECTION_H_
#define LIFEBOAT_CONFIG_NOTIFY_SECTION_H_

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::config {

enum class SinkKind {
  healthchecks,
  webhook,
  slack,
  pagerduty,
  statsd,
  dogstatsd,
  newrelic,
  prometheus
};
inline constexpr std::array kSinkKinds = {
    SinkKind::healthchecks, SinkKind::webhook,   SinkKind::slack,    SinkKind::pagerduty,
    SinkKind::statsd,       SinkKind::dogstatsd, SinkKind::newrelic, SinkKind::prometheus};
[[nodiscard]] std::string_view name_of(SinkKind kind) noexcept;
/// Whether it is told of events. The others take figures alone, and know neither `on` nor `only`.
[[nodiscard]] bool takes_events(SinkKind kind) noexcept;

/// What may stand in `on`: events by name (lib/notify/event.h), and groups of them.
inline constexpr std::array<std::string_view, 14> kEventWords = {"all",
                                                                 "problems",
                                                                 "recovered",
                                                                 "snapshot_started",
                                                                 "snapshot_finished",
                                                                 "snapshot_failed",
                                                                 "snapshot_late",
                                                                 "drill_started",
                                                                 "drill_passed",
                                                                 "drill_failed",
                                                                 "drill_missed",
                                                                 "drill_acknowledged",
                                                                 "proof_fresh",
                                                                 "proof_too_old"};

/// [notify.NAME]: somebody who is told. `url`, `key` and `secret` are references
/// (secret_reference.h), never resolved here; only the `url` of a PagerDuty or a New Relic, which
/// is no secret, may be a text of its own.
struct SinkSection {
  std::string name{};
  SinkKind kind = SinkKind::webhook;
  std::string url{};     ///< healthchecks, webhook, slack, newrelic; pagerduty: empty = the default
  std::string key{};     ///< pagerduty: routing key; newrelic: licence key
  std::string secret{};  ///< webhook: what its body is signed with; empty = unsigned
  std::string address{};            ///< statsd, dogstatsd: HOST:PORT
  std::string file{};               ///< prometheus: a path that ends in .prom
  std::vector<std::string> on{};    ///< of kEventWords; empty = the section's, else the kind's own
  std::vector<std::string> only{};  ///< names of sources and drills; empty = all
  int line = 0;
};

/// [notify]
struct NotifySection {
  std::string app{};                 ///< stands in every message; never empty if there is a sink
  std::vector<std::string> on{};     ///< for sinks that say nothing themselves
  std::chrono::seconds within{30};   ///< for all sinks together
  std::vector<SinkSection> sinks{};  ///< in the file's order
  int line = 0;
};

}  // namespace lifeboat::config

#endif  // LIFEBOAT_CONFIG_NOTIFY_SECTION_H_
