#ifndef LIFEBOAT_STORE_S3_CLIENT_H_
#define LIFEBOAT_STORE_S3_CLIENT_H_

#include <functional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "config/s3_access.h"
#include "http/client.h"
#include "store/retry.h"

namespace lifeboat::store {

struct S3Settings {
  config::S3Location location;
  config::S3Credentials credentials;
  http::ClientSettings http;
  RetryPolicy retry;
  Waiter wait = wait_in_earnest;
  /// Told before each wait, on the thread of the call; may be empty.
  std::function<void(const Error& why, std::chrono::milliseconds delay)> on_retry = {};
  unsigned list_page = 1000;  ///< names that one answer to a list may hold
};

/// One request to a bucket, before it is addressed and signed.
struct S3Call {
  http::Method method = http::Method::get;
  std::string object;  ///< below the location's prefix; empty = the bucket itself
  std::vector<std::pair<std::string, std::string>> query;
  std::vector<http::Header> headers;
  ByteView body;
  std::uint64_t most_body_bytes = 1U << 20U;
};

struct S3Answer {
  http::Response response;
  /// The request was sent more than once: an earlier one may have been carried out.
  bool repeated = false;
};

/// Signs and sends requests, and tries again what can help: no connection, no answer in time, an
/// answer that broke off, 408, 409, 429, 5xx but 501, and a body that did not arrive as it was
/// sent. Thread-safe. `clock` must outlive it.
class S3Client {
 public:
  S3Client(S3Settings settings, const Clock& clock, std::stop_token stop);

  /// An answer of status 2xx, 404 (of an object), 412, 416 or 501. Throws Error for every other:
  /// unavailable when no further try is made; denied (keys, rights, an expired session);
  /// not_found (no such bucket); refused (the clocks are too far apart for a signature); usage (the
  /// bucket is in another region); internal (any other status). No message holds a secret or
  /// a text of the server's but its error code.
  [[nodiscard]] S3Answer send(const S3Call& call);

  [[nodiscard]] const S3Settings& settings() const noexcept { return settings_; }
  [[nodiscard]] Instant now() const { return clock_.now(); }

 private:
  [[nodiscard]] http::Response send_once(const S3Call& call);
  /// What the store says of a failed request, or of the same one as a GET if it was a HEAD: those
  /// are answered without a body, so without a reason.
  [[nodiscard]] Error final_error(const S3Call& call, const http::Response& response);

  const S3Settings settings_;
  const Clock& clock_;
  const std::stop_token stop_;
  http::Client http_;
  Retries retries_;
};

}  // namespace lifeboat::store

#endif  // LIFEBOAT_STORE_S3_CLIENT_H_
