#include "notify/posts.h"

#include "base/error.h"
#include "notify/bodies.h"

namespace lifeboat::notify {
namespace {

constexpr const char* kPagerDuty = "https://events.pagerduty.com/v2/enqueue";

http::Header json_type() { return {"Content-Type", "application/json"}; }

std::string ping_suffix(const Event& event) {
  switch (tone_of(event.what)) {
    case Tone::good:
      return "";
    case Tone::bad:
      // 0 would be taken as success.
      if (event.exit_code && *event.exit_code > 0 && *event.exit_code <= 255) {
        return "/" + std::to_string(*event.exit_code);
      }
      return "/fail";
    case Tone::neutral:
      break;
  }
  const bool starts = event.what == What::snapshot_started || event.what == What::drill_started;
  return starts ? "/start" : "/log";
}

std::vector<Post> pings(const Sink& sink, const Event& event, std::size_t body_limit) {
  return {{Secret(ping_url(sink.url.reveal(), event)),
           {{"Content-Type", "text/plain; charset=utf-8"}},
           cut(plain_text(event), body_limit)}};
}

std::vector<Post> webhooks(const Sink& sink, const Event& event, Instant now) {
  Post post{sink.url, {json_type()}, webhook_body(event)};
  post.headers.push_back({"X-Lifeboat-Event", std::string(name_of(event.what))});
  post.headers.push_back({"X-Lifeboat-Delivery", event.id});
  if (!sink.secret.empty()) {
    post.headers.push_back(
        {"X-Lifeboat-Signature", webhook_signature(sink.secret, post.body, now)});
  }
  return {post};
}

std::vector<Post> alerts(const Sink& sink, const Event& event) {
  std::vector<Post> posts;
  for (const AlertAction action : alert_actions(event)) {
    posts.push_back({sink.url.empty() ? Secret(kPagerDuty) : sink.url,
                     {json_type()},
                     pagerduty_body(event, action, sink.key)});
  }
  return posts;
}

std::vector<Post> newrelic_posts(const Sink& sink, const Message& message, Instant now) {
  std::vector<Post> posts;
  for (std::string& body : newrelic_bodies(message.event, message.samples, now)) {
    posts.push_back({sink.url, {json_type(), {"Api-Key", sink.key.reveal()}}, std::move(body)});
  }
  return posts;
}

}  // namespace

std::string cut(std::string text, std::size_t most_bytes) {
  if (text.size() <= most_bytes) return text;
  while (most_bytes > 0 && (static_cast<unsigned char>(text[most_bytes]) & 0xC0U) == 0x80U) {
    --most_bytes;
  }
  text.resize(most_bytes);
  return text;
}

std::string ping_url(const std::string& url, const Event& event) {
  const std::size_t query = std::min(url.find('?'), url.size());
  std::string result = url.substr(0, query);
  while (result.ends_with('/')) result.pop_back();
  result += ping_suffix(event) + url.substr(query);
  if (!event.run.empty()) result += (query < url.size() ? "&rid=" : "?rid=") + event.run;
  return result;
}

std::vector<Post> posts_of(const Sink& sink, const Message& message, std::size_t ping_body_limit,
                           Instant now) {
  if (sink.kind == config::SinkKind::newrelic) return newrelic_posts(sink, message, now);
  if (!message.event) return {};
  switch (sink.kind) {
    case config::SinkKind::healthchecks:
      return pings(sink, *message.event, ping_body_limit);
    case config::SinkKind::webhook:
      return webhooks(sink, *message.event, now);
    case config::SinkKind::slack:
      return {{sink.url, {json_type()}, slack_body(*message.event)}};
    case config::SinkKind::pagerduty:
      return alerts(sink, *message.event);
    case config::SinkKind::newrelic:
    case config::SinkKind::statsd:
    case config::SinkKind::dogstatsd:
    case config::SinkKind::prometheus:
      break;
  }
  throw Error(ErrorKind::internal, "a sink without requests was asked for them");
}

}  // namespace lifeboat::notify
