#include "restore/warm_up.h"

#include <algorithm>

#include "base/error.h"
#include "http/client.h"

namespace lifeboat::restore {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::uint64_t kMostBodyBytes = 16U << 20U;

/// The client looks at certificates on https alone; http is for this machine.
http::ClientSettings settings_of(const WarmUp& requests, const std::string& url) {
  http::ClientSettings settings;
  settings.plain_http =
      url.starts_with("http://") ? http::PlainHttp::allowed : http::PlainHttp::refused;
  settings.connect_timeout = requests.timeout;
  settings.stall_timeout = requests.timeout;
  settings.whole_timeout = requests.timeout;
  return settings;
}

void ask(http::Client& client, const http::Request& request, WarmUpOutcome& outcome,
         const std::stop_token& stop) {
  const auto started = steady_clock::now();
  ++outcome.asked;
  try {
    outcome.status = client.send(request, stop).status;
    if (outcome.status >= 200 && outcome.status < 300) {
      ++outcome.answered;
    } else {
      const bool elsewhere = outcome.status >= 300 && outcome.status < 400;
      outcome.failure = "it answers " + std::to_string(outcome.status) +
                        (elsewhere ? ", and a redirect is not followed" : "");
    }
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::cancelled) throw;
    outcome.failure = error.message();
  }
  outcome.slowest = std::max(
      outcome.slowest, std::chrono::duration_cast<milliseconds>(steady_clock::now() - started));
}

}  // namespace

std::vector<WarmUpOutcome> warm_up(const WarmUp& requests, Observer& observer,
                                   const std::stop_token& stop) {
  std::vector<WarmUpOutcome> outcomes;
  if (!requests.urls.empty()) observer.phase("warm up");
  for (const std::string& url : requests.urls) {
    WarmUpOutcome& outcome = outcomes.emplace_back();
    outcome.url = url.substr(0, url.find_first_of("?#"));
    observer.item_started(outcome.url, 0);
    http::Client client(settings_of(requests, url));
    http::Request request;
    request.url = url;
    request.most_body_bytes = kMostBodyBytes;
    for (int i = 0; i < requests.count; ++i) ask(client, request, outcome, stop);
    observer.item_finished(outcome.url);
  }
  return outcomes;
}

}  // namespace lifeboat::restore
