#include "cli/notify_access.h"

#include <algorithm>

#include "base/error.h"
#include "base/units.h"
#include "cli/text_table.h"
#include "notify/uuid.h"
#include "seal/sodium.h"

namespace lifeboat::cli {
namespace {

notify::Message test_message(Session& session) {
  notify::Message message;
  message.event = new_event(session, notify::What::test, "");
  message.event->summary = "lifeboat doctor --notify asks whether this arrives; nothing is wrong";
  message.samples = notify::samples_of({.app = message.event->app, .version = LIFEBOAT_VERSION});
  return message;
}

Mark mark_of(notify::Reception reception) {
  switch (reception) {
    case notify::Reception::delivered:
      return Mark::ok;
    case notify::Reception::nothing_to_say:
      return Mark::attention;
    case notify::Reception::failed:
      break;
  }
  return Mark::danger;
}

std::string words_of(notify::Reception reception) {
  return reception == notify::Reception::nothing_to_say ? "nothing to say"
                                                        : std::string(name_of(reception));
}

}  // namespace

std::unique_ptr<notify::Notifier> open_notifier(Session& session,
                                                std::optional<std::chrono::seconds> at_most) {
  seal::initialize();  // ids are random
  const config::NotifySection& section = session.config().notify;
  auto sinks = notify::sinks_of(section, [&session](const std::string& reference) {
    Secret secret = session.secret(reference);
    for (const Secret& part : notify::hidden_parts(secret)) session.mask(part);
    return secret;
  });
  notify::NotifierSettings settings;
  settings.within = std::min(section.within, at_most.value_or(section.within));
  return std::make_unique<notify::Notifier>(std::move(sinks), settings, session.clock());
}

std::vector<notify::Outcome> tell(Session& session, notify::Notifier& notifier,
                                  const notify::Message& message) {
  auto outcomes = notifier.deliver(message, {});
  for (const notify::Outcome& outcome : outcomes) {
    if (outcome.reception == notify::Reception::failed) session.warn(notify::warning_of(outcome));
  }
  return outcomes;
}

notify::Event new_event(Session& session, notify::What what, std::string name) {
  seal::initialize();
  notify::Event event;
  event.what = what;
  event.app = session.config().notify.app;
  event.name = std::move(name);
  event.at = session.clock().now();
  event.id = notify::random_uuid();
  return event;
}

std::vector<notify::Outcome> test_sinks(Session& session) {
  const auto notifier = open_notifier(session);
  if (notifier->sinks().empty()) {
    throw Error(ErrorKind::usage, "nobody is to be told anything: there is no [notify.NAME]",
                "write one into lifeboat.toml; docs/notifications.md shows how");
  }
  return notifier->deliver(test_message(session), session.stop());
}

bool all_told(const std::vector<notify::Outcome>& outcomes) noexcept {
  return std::ranges::none_of(outcomes, [](const notify::Outcome& outcome) {
    return outcome.reception == notify::Reception::failed;
  });
}

std::string sinks_text(const std::vector<notify::Outcome>& outcomes, const Paint& paint) {
  TextTable table({Align::left, Align::left, Align::left, Align::right, Align::left});
  table.add({"sink", "kind", "test", "took", "what came back"});
  for (const notify::Outcome& outcome : outcomes) {
    const std::string tries =
        outcome.tries > 1 ? ", " + std::to_string(outcome.tries) + " tries" : "";
    table.add({outcome.sink, std::string(config::name_of(outcome.kind)),
               paint(mark_of(outcome.reception), words_of(outcome.reception)),
               human_duration(outcome.took), outcome.said + tries});
  }
  const auto failed =
      std::ranges::count(outcomes, notify::Reception::failed, &notify::Outcome::reception);
  return table.text() + "\n" + std::to_string(outcomes.size()) +
         (outcomes.size() == 1 ? " sink, " : " sinks, ") +
         (failed == 0 ? "all told" : std::to_string(failed) + " not told") + "\n";
}

Json sinks_json(const std::vector<notify::Outcome>& outcomes) {
  Json sinks = Json::array();
  for (const notify::Outcome& outcome : outcomes) {
    sinks.push_back({{"name", outcome.sink},
                     {"kind", config::name_of(outcome.kind)},
                     {"test", notify::name_of(outcome.reception)},
                     {"tries", outcome.tries},
                     {"took_ms", outcome.took.count()},
                     {"said", outcome.said.empty() ? Json(nullptr) : Json(outcome.said)}});
  }
  return {{"told", all_told(outcomes)}, {"sinks", sinks}};
}

}  // namespace lifeboat::cli
