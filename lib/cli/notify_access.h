#ifndef LIFEBOAT_CLI_NOTIFY_ACCESS_H_
#define LIFEBOAT_CLI_NOTIFY_ACCESS_H_

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/json.h"
#include "cli/session.h"
#include "notify/notifier.h"
#include "notify/standing.h"

namespace lifeboat::cli {

/// The sinks of [notify], their secrets resolved and masked on stderr from now on (the whole URL,
/// and what stands behind its host). One whose secret is missing is there with that as its problem.
/// `at_most` shortens notify.within for who has less time (after a SIGTERM). Open it when the job
/// begins: a `cmd:` reference is not run once a stop was requested. Throws what Session::config()
/// throws, and cancelled.
[[nodiscard]] std::unique_ptr<notify::Notifier> open_notifier(
    Session& session, std::optional<std::chrono::seconds> at_most = std::nullopt);

/// Tells every sink, and warns of those that were not told. Never throws for what a sink does: the
/// job that it tells of goes on. `session.stop()` does not stop it: that a job was stopped is worth
/// telling. Blocks for at most the time given to open_notifier() and two seconds more.
std::vector<notify::Outcome> tell(Session& session, notify::Notifier& notifier,
                                  const notify::Message& message);

/// An event of this application and this moment, with an id of its own; the rest is the caller's.
[[nodiscard]] notify::Event new_event(Session& session, notify::What what, std::string name);

/// `lifeboat doctor --notify`: what came back from each sink for a test.
[[nodiscard]] std::vector<notify::Outcome> test_sinks(Session& session);
[[nodiscard]] std::string sinks_text(const std::vector<notify::Outcome>& outcomes,
                                     const Paint& paint);
[[nodiscard]] Json sinks_json(const std::vector<notify::Outcome>& outcomes);
[[nodiscard]] bool all_told(const std::vector<notify::Outcome>& outcomes) noexcept;

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_NOTIFY_ACCESS_H_
