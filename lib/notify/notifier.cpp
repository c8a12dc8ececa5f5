#include "notify/notifier.h"

#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>

#include "base/error.h"
#include "notify/telling.h"

namespace lifeboat::notify {
namespace {

using std::chrono::steady_clock;

/// What the threads of one delivery share. The last of them ends it, even if deliver() is over.
struct Board {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::optional<Told>> told;
  std::size_t open = 0;
  std::stop_source stop;
};

void put(Board& board, std::size_t number, Told told) {
  const std::scoped_lock lock(board.mutex);
  board.told[number] = std::move(told);
  --board.open;
  board.changed.notify_all();
}

void start(const std::shared_ptr<Board>& board, std::size_t number, const Telling& telling) {
  try {
    std::thread([board, number, telling] {
      put(*board, number, tell(telling, board->stop.get_token()));
    }).detach();
  } catch (const std::system_error& failure) {  // the machine has no thread left
    put(*board, number,
        {.outcome = {.sink = telling.sink.name,
                     .kind = telling.sink.kind,
                     .reception = Reception::failed,
                     .said = failure.what()}});
  }
}

std::vector<Secret> hidden_of(const std::vector<Sink>& sinks) {
  std::vector<Secret> hidden;
  for (const Sink& sink : sinks) {
    for (Secret& part : hidden_parts(sink.url)) hidden.push_back(std::move(part));
    hidden.push_back(sink.key);
    hidden.push_back(sink.secret);
  }
  return hidden;
}

Outcome given_up(const Sink& sink, std::chrono::milliseconds after) {
  return {.sink = sink.name,
          .kind = sink.kind,
          .reception = Reception::failed,
          .tries = 1,
          .said = "no answer in time",
          .took = after};
}

}  // namespace

std::string_view name_of(Reception reception) noexcept {
  switch (reception) {
    case Reception::delivered:
      return "delivered";
    case Reception::nothing_to_say:
      return "nothing_to_say";
    case Reception::failed:
      break;
  }
  return "failed";
}

std::string warning_of(const Outcome& outcome) {
  std::string text = std::string(config::name_of(outcome.kind)) + " (notify." + outcome.sink +
                     ") was not told: " + outcome.said;
  if (outcome.tries > 1) text += " (" + std::to_string(outcome.tries) + " tries)";
  return text;
}

Notifier::Notifier(std::vector<Sink> sinks, NotifierSettings settings, const Clock& clock)
    : sinks_(std::move(sinks)),
      settings_(std::move(settings)),
      clock_(clock),
      ping_body_limits_(sinks_.size(), kPingBodyLimit) {}

Notifier::~Notifier() = default;

std::vector<Outcome> Notifier::deliver(const Message& message, const std::stop_token& stop) {
  const auto deadline = steady_clock::now() + settings_.within;
  const auto board = std::make_shared<Board>();
  board->told.resize(sinks_.size());
  board->open = sinks_.size();
  const std::stop_callback forward(stop, [&board] {
    const std::scoped_lock lock(board->mutex);  // else the wait below could miss it
    board->stop.request_stop();
    board->changed.notify_all();
  });
  for (std::size_t i = 0; i < sinks_.size(); ++i) {
    start(board, i,
          {.sink = sinks_[i],
           .message = message,
           .settings = settings_.courier,
           .hidden = hidden_of(sinks_),
           .ping_body_limit = ping_body_limits_[i],
           .now = clock_.now(),
           .deadline = deadline});
  }
  std::unique_lock lock(board->mutex);
  const auto all_told = [&board] { return board->open == 0; };
  // At the deadline they end by themselves, and know better what went wrong.
  board->changed.wait_until(lock, deadline + settings_.grace / 2,
                            [&] { return all_told() || board->stop.stop_requested(); });
  board->stop.request_stop();
  board->changed.wait_for(lock, settings_.grace / 2, all_told);
  std::vector<Outcome> outcomes;
  for (std::size_t i = 0; i < sinks_.size(); ++i) {
    if (!board->told[i]) {
      outcomes.push_back(given_up(sinks_[i], settings_.within + settings_.grace));
      continue;
    }
    ping_body_limits_[i] = board->told[i]->ping_body_limit;
    outcomes.push_back(board->told[i]->outcome);
  }
  return outcomes;
}

std::vector<Secret> hidden_parts(const Secret& url) {
  constexpr std::size_t kShortestHidden = 8;
  const std::string& text = url.reveal();
  std::vector<Secret> parts;
  if (text.empty()) return parts;
  parts.push_back(url);
  const std::size_t host = text.find("://");
  const std::size_t path = host == std::string::npos ? host : text.find('/', host + 3);
  if (path == std::string::npos || text.size() - path < kShortestHidden) return parts;
  parts.emplace_back(text.substr(path));
  parts.emplace_back(text.substr(path + 1));
  return parts;
}

std::vector<Sink> sinks_of(const config::NotifySection& section,
                           const std::function<Secret(const std::string& reference)>& resolve) {
  std::vector<Sink> sinks;
  for (const config::SinkSection& written : section.sinks) {
    Sink sink{.name = written.name,
              .kind = written.kind,
              .address = written.address,
              .file = written.file,
              .on = written.on.empty() ? section.on : written.on,
              .only = written.only};
    try {
      if (!written.url.empty()) sink.url = resolve(written.url);
      if (!written.key.empty()) sink.key = resolve(written.key);
      if (!written.secret.empty()) sink.secret = resolve(written.secret);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::cancelled) throw;
      sink.problem = error.message();
    }
    sinks.push_back(std::move(sink));
  }
  return sinks;
}

}  // namespace lifeboat::notify
