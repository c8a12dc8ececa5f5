#ifndef LIFEBOAT_NOTIFY_POSTS_H_
#define LIFEBOAT_NOTIFY_POSTS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "http/message.h"
#include "notify/sink.h"

namespace lifeboat::notify {

/// What a ping's body is cut to unless the server says otherwise (its Ping-Body-Limit).
inline constexpr std::size_t kPingBodyLimit = 10'000;

/// One request that tells something.
struct Post {
  Secret url;
  std::vector<http::Header> headers;  ///< may hold secrets
  std::string body;
};

/// The requests that tell a sink of a message, in their order: none if it has nothing to say to
/// this kind of sink. Whether the sink asks for the event is the caller's question. Pure: `now` is
/// signed into webhooks. Not for statsd, dogstatsd and prometheus, which have no requests.
[[nodiscard]] std::vector<Post> posts_of(const Sink& sink, const Message& message,
                                         std::size_t ping_body_limit, Instant now);

/// A check's URL with what the event says in its path, and the run: URL/start, URL, URL/fail,
/// URL/<exit code>, URL/log, each with rid=UUID if there is a run.
[[nodiscard]] std::string ping_url(const std::string& url, const Event& event);

/// At most `most_bytes` of the text, never half a character.
[[nodiscard]] std::string cut(std::string text, std::size_t most_bytes);

}  // namespace lifeboat::notify

#endif  // LIFEBOAT_NOTIFY_POSTS_H_
