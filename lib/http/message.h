#ifndef LIFEBOAT_HTTP_MESSAGE_H_
#define LIFEBOAT_HTTP_MESSAGE_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"

namespace lifeboat::http {

enum class Method { get, head, put, post, remove };

/// "GET", "HEAD", "PUT", "POST", "DELETE".
[[nodiscard]] std::string_view name_of(Method method) noexcept;

struct Header {
  std::string name;
  std::string value;  ///< may be a secret: never printed
};

/// A value. `url` is sent exactly as it stands here: encode it before. `body` must outlive the call
/// that sends it; only put and post send it.
struct Request {
  Method method = Method::get;
  std::string url;
  std::vector<Header> headers;
  ByteView body;
  /// A longer body of the answer is an Error(corrupt); what was read till then is given up.
  std::uint64_t most_body_bytes = 1U << 20U;
};

/// Whatever the server answered, whatever its status.
struct Response {
  int status = 0;
  std::vector<Header> headers;
  Bytes body;
  /// The body of the request went out more than once: a connection that was kept turned out to be
  /// dead. The server may have acted on the first one.
  bool sent_again = false;

  /// The value of a header by its name, in any case; the last one of several.
  [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
};

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 §5.6.7); nothing if it is of another form.
[[nodiscard]] std::optional<Instant> parse_http_date(std::string_view text);

/// For how long a server asks to be left alone (RFC 9110 §10.2.3): seconds, or the time until a
/// date, at least zero. Nothing if the answer does not say it, or says it in another form.
[[nodiscard]] std::optional<std::chrono::milliseconds> retry_after(const Response& response,
                                                                   Instant now);

/// RFC 3986: everything but letters, digits and "-._~" becomes %XX; in a path, '/' stays as it is.
enum class Slashes { encode, keep };
[[nodiscard]] std::string percent_encode(std::string_view text, Slashes slashes);

}  // namespace lifeboat::http

#endif  // LIFEBOAT_HTTP_MESSAGE_H_
