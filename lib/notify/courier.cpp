#include "notify/courier.h"

#include <algorithm>

#include "base/error.h"
#include "config/plain_http.h"
#include "http/client.h"

namespace lifeboat::notify {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::uint64_t kMostAnswerBytes = 64U << 10U;
constexpr std::size_t kMostSaidBytes = 120;

milliseconds left_until(steady_clock::time_point deadline) {
  const auto left = std::chrono::floor<milliseconds>(deadline - steady_clock::now());
  return std::max(left, milliseconds(0));
}

/// The beginning of an answer's body on one line, without what must not be told.
std::string excerpt(const http::Response& response, const std::vector<Secret>& hidden) {
  std::string text(as_text(response.body));
  for (const Secret& secret : hidden) {
    if (secret.empty()) continue;
    for (std::size_t at = text.find(secret.reveal()); at != std::string::npos;
         at = text.find(secret.reveal(), at + 3)) {
      text.replace(at, secret.reveal().size(), "***");
    }
  }
  std::ranges::replace_if(
      text, [](char c) { return c >= 0 && c < ' '; }, ' ');
  return cut(std::move(text), kMostSaidBytes);
}

bool can_be_tried_again(int status) { return status == 408 || status == 429 || status >= 500; }

std::optional<std::size_t> body_limit_of(const http::Response& response) {
  const auto text = response.header("Ping-Body-Limit");
  if (!text || text->empty() || text->size() > 9) return std::nullopt;
  if (text->find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  return std::stoul(*text);
}

/// One try: an answer, or an Error.
http::Response send_once(const Post& post, milliseconds timeout, const std::stop_token& stop) {
  const std::string& url = post.url.reveal();
  if (!config::is_https_or_local(url)) {
    throw Error(ErrorKind::usage, "its URL is not https (http is taken for this machine only)");
  }
  http::ClientSettings settings;
  settings.plain_http =
      url.starts_with("https:") ? http::PlainHttp::refused : http::PlainHttp::allowed;
  settings.connect_timeout = timeout;
  settings.stall_timeout = timeout;
  settings.whole_timeout = timeout;
  http::Client client(settings);
  http::Request request;
  request.method = http::Method::post;
  request.url = url;
  request.headers = post.headers;
  request.body = as_bytes(post.body);
  request.most_body_bytes = kMostAnswerBytes;
  return client.send(request, stop);
}

std::string answer_text(const http::Response& response, const std::vector<Secret>& hidden) {
  std::string text = "answers " + std::to_string(response.status);
  if (response.status >= 300 && response.status < 400) return text + ", a redirect";
  const std::string body = excerpt(response, hidden);
  return body.empty() ? text : text + ": " + body;
}

/// What is known of a request between its tries.
class Delivery {
 public:
  Delivery(const Post& post, const CourierSettings& settings, const std::vector<Secret>& hidden)
      : post_(post), settings_(settings), hidden_(hidden) {}

  /// Whether another try makes sense.
  bool try_once(const Clock& clock, steady_clock::time_point deadline,
                const std::stop_token& stop) {
    ++result_.tries;
    wish_ = std::nullopt;
    try {
      const auto timeout = std::min(settings_.try_timeout, left_until(deadline));
      const http::Response response = send_once(post_, std::max(timeout, milliseconds(1)), stop);
      result_.status = response.status;
      result_.ping_body_limit = body_limit_of(response);
      result_.done = response.status >= 200 && response.status < 300;
      wish_ = http::retry_after(response, clock.now());
      result_.said =
          result_.done ? std::to_string(response.status) : answer_text(response, hidden_);
      return !result_.done && can_be_tried_again(response.status);
    } catch (const Error& error) {
      result_.status = 0;
      result_.said = error.message();
      return error.kind() == ErrorKind::unavailable;
    }
  }

  [[nodiscard]] std::optional<milliseconds> wish() const { return wish_; }
  Delivered& result() { return result_; }

 private:
  const Post& post_;
  const CourierSettings& settings_;
  const std::vector<Secret>& hidden_;
  std::optional<milliseconds> wish_;
  Delivered result_;
};

}  // namespace

Delivered deliver_post(const Post& post, const CourierSettings& settings,
                       const std::vector<Secret>& hidden, const Clock& clock,
                       steady_clock::time_point deadline, const std::stop_token& stop) {
  store::Retries retries(settings.retry);
  Delivery delivery(post, settings, hidden);
  while (delivery.try_once(clock, deadline, stop)) {
    const auto delay = retries.next_delay(delivery.result().tries, delivery.wish());
    if (!delay) break;
    if (*delay >= left_until(deadline)) {
      delivery.result().said +=
          delivery.wish() ? "; it asks for more patience than there is time" : "; the time is up";
      break;
    }
    settings.wait(*delay, stop);
    if (stop.stop_requested()) break;
  }
  return delivery.result();
}

}  // namespace lifeboat::notify
