#include "notify/telling.h"

#include "base/error.h"
#include "notify/exposition.h"

namespace lifeboat::notify {
namespace {

void note(Outcome& outcome, const Delivered& delivered) {
  outcome.reception = delivered.done ? Reception::delivered : Reception::failed;
  outcome.tries = delivered.tries;
  outcome.said = delivered.said;
}

void tell_by_posts(const Telling& telling, const Message& message, const std::stop_token& stop,
                   Told& told) {
  const SystemClock clock;
  const auto posts = posts_of(telling.sink, message, telling.ping_body_limit, telling.now);
  for (const Post& post : posts) {
    const Delivered delivered =
        deliver_post(post, telling.settings, telling.hidden, clock, telling.deadline, stop);
    note(told.outcome, delivered);
    if (delivered.ping_body_limit) told.ping_body_limit = *delivered.ping_body_limit;
    if (!delivered.done) return;
  }
}

void tell_by_datagrams(const Telling& telling, Told& told) {
  if (telling.message.samples.empty()) return;
  const bool tagged = telling.sink.kind == config::SinkKind::dogstatsd;
  const auto datagrams = statsd_datagrams(telling.message.samples, tagged ? Tags::yes : Tags::no);
  note(told.outcome, deliver_datagrams(telling.sink.address, datagrams, telling.deadline));
}

void tell_by_file(const Telling& telling, Told& told) {
  const Message& message = telling.message;
  if (message.event && message.event->what == What::test) {
    // A test has no figures worth showing: those that are there stay.
    const std::string trial = telling.sink.file.string() + ".test";
    replace_file(trial, prometheus_text(message.samples));
    std::filesystem::remove(trial);
    return note(told.outcome, {.done = true, .tries = 1, .said = "can be written"});
  }
  if (message.samples.empty()) return;
  replace_file(telling.sink.file, prometheus_text(message.samples));
  note(told.outcome, {.done = true,
                      .tries = 1,
                      .said = "written, " + std::to_string(message.samples.size()) + " samples"});
}

/// The message as far as the sink asks for it.
Message asked_for(const Sink& sink, const Message& message) {
  Message asked = message;
  const Selection selection(sink.kind, sink.on, sink.only);
  if (asked.event && !selection.asks_for(*asked.event)) asked.event.reset();
  return asked;
}

void tell_somehow(const Telling& telling, const std::stop_token& stop, Told& told) {
  switch (telling.sink.kind) {
    case config::SinkKind::statsd:
    case config::SinkKind::dogstatsd:
      return tell_by_datagrams(telling, told);
    case config::SinkKind::prometheus:
      return tell_by_file(telling, told);
    case config::SinkKind::healthchecks:
    case config::SinkKind::webhook:
    case config::SinkKind::slack:
    case config::SinkKind::pagerduty:
    case config::SinkKind::newrelic:
      return tell_by_posts(telling, asked_for(telling.sink, telling.message), stop, told);
  }
}

}  // namespace

Told tell(const Telling& telling, const std::stop_token& stop) {
  const auto begin = std::chrono::steady_clock::now();
  Told told;
  told.ping_body_limit = telling.ping_body_limit;
  told.outcome.sink = telling.sink.name;
  told.outcome.kind = telling.sink.kind;
  try {
    if (!telling.sink.problem.empty()) {
      throw Error(ErrorKind::usage, telling.sink.problem);
    }
    tell_somehow(telling, stop, told);
  } catch (const std::exception& failure) {
    told.outcome.reception = Reception::failed;
    told.outcome.said = failure.what();
  }
  told.outcome.took =
      std::chrono::floor<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
  return told;
}

}  // namespace lifeboat::notify
