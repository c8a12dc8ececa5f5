#ifndef LIFEBOAT_NOTIFY_BODIES_H_
#define LIFEBOAT_NOTIFY_BODIES_H_

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/secret.h"
#include "notify/event.h"
#include "notify/sample.h"

namespace lifeboat::notify {

/// docs/format/webhook.md §2.
[[nodiscard]] std::string webhook_body(const Event& event);
/// docs/format/webhook.md §3: "t=<seconds>,v1=<HMAC-SHA256 of "<seconds>.<body>", hexadecimal>".
[[nodiscard]] std::string webhook_signature(const Secret& secret, const std::string& body,
                                            Instant now);

/// An incoming webhook's message: `text` for the notification, `blocks` for the channel; within
/// Slack's limits (3000 characters a section, 10 fields).
[[nodiscard]] std::string slack_body(const Event& event);

/// PagerDuty's Events API v2.
enum class AlertAction { trigger, acknowledge, resolve };
/// What an event does to its alert: bad ones trigger it, good ones resolve it; the start of a run
/// does nothing; a test opens one and resolves it.
[[nodiscard]] std::vector<AlertAction> alert_actions(const Event& event);
[[nodiscard]] std::string pagerduty_body(const Event& event, AlertAction action,
                                         const Secret& routing_key);

/// New Relic's Event API: one LifeboatEvent, and a LifeboatSample each. At most 1000 objects a
/// body, so that none is larger than the 1 MB that it takes.
[[nodiscard]] std::vector<std::string> newrelic_bodies(const std::optional<Event>& event,
                                                       std::span<const Sample> samples,
                                                       Instant now);

}  // namespace lifeboat::notify

#endif  // LIFEBOAT_NOTIFY_BODIES_H_
