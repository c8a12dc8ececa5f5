#include "notify/selection.h"

#include <algorithm>

#include "base/error.h"

namespace lifeboat::notify {
namespace {

std::vector<std::string> words_of(config::SinkKind kind) {
  switch (kind) {
    case config::SinkKind::slack:
      return {"problems", "recovered"};
    case config::SinkKind::pagerduty:
      return {"problems"};
    case config::SinkKind::healthchecks:
    case config::SinkKind::webhook:
    case config::SinkKind::newrelic:
    case config::SinkKind::statsd:
    case config::SinkKind::dogstatsd:
    case config::SinkKind::prometheus:
      break;
  }
  return {"all"};
}

}  // namespace

Selection::Selection(config::SinkKind kind, const std::vector<std::string>& on,
                     const std::vector<std::string>& only)
    : ends_alerts_(kind == config::SinkKind::pagerduty), only_(only.begin(), only.end()) {
  for (const std::string& word : on.empty() ? words_of(kind) : on) {
    bool known = word == "recovered" || word == "all" || word == "problems";
    recovered_ |= word == "recovered";
    for (const What what : kAllWhats) {
      if (what == What::test) continue;
      const bool named = word == name_of(what);
      if (word == "all" || named || (word == "problems" && tone_of(what) == Tone::bad)) {
        whats_.insert(what);
      }
      known |= named;
    }
    if (!known) throw Error(ErrorKind::usage, "\"" + word + "\" is no event");
  }
}

bool Selection::asks_for(What what) const { return whats_.contains(what); }

bool Selection::asks_for(const Event& event) const {
  if (event.what == What::test) return true;
  if (!only_.empty() && !only_.contains(event.name)) return false;
  if (asks_for(event.what)) return true;
  if (tone_of(event.what) != Tone::good) return false;
  if (recovered_ && event.again_good) return true;
  return ends_alerts_ && std::ranges::any_of(whats_, [&](What what) {
           return tone_of(what) == Tone::bad && aspect_of(what) == aspect_of(event.what);
         });
}

}  // namespace lifeboat::notify
