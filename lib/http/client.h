#ifndef LIFEBOAT_HTTP_CLIENT_H_
#define LIFEBOAT_HTTP_CLIENT_H_

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>

#include "http/message.h"
#include "stream/pace.h"

namespace lifeboat::http {

enum class PlainHttp { refused, allowed };

struct ClientSettings {
  PlainHttp plain_http = PlainHttp::refused;
  /// Certificates to trust instead of the system's (PEM); empty = the system's.
  std::filesystem::path ca_file = {};
  std::chrono::milliseconds connect_timeout{10'000};
  /// Given up when nothing of a body came or went for so long, or up to a second later.
  std::chrono::milliseconds stall_timeout{30'000};
  /// Given up after so long even if something still comes; absent = never.
  std::optional<std::chrono::milliseconds> whole_timeout = {};
  /// Bytes of bodies in both directions, all threads together; absent = as fast as it goes.
  std::shared_ptr<stream::Pace> pace = {};
};

/// HTTP/1.1 by libcurl. send() blocks and is thread-safe: each call in progress has a connection
/// of its own, kept for the next one. Memory: the answer's body, and about 100 KiB a connection.
///
/// Never follows a redirect (the answer is handed over as it is), so no header goes to a host that
/// the URL does not name. Certificates and host names are always checked. Proxies are taken from
/// the environment as by curl(1), but not for this machine itself.
class Client {
 public:
  explicit Client(ClientSettings settings);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Throws Error: unavailable (no connection, no answer in time, an answer that broke off: a retry
  /// can help, and the server may have acted), denied (the certificate does not pass), corrupt (the
  /// body is longer than allowed), cancelled (`stop` was requested), usage (the URL is none, or is
  /// plain http). Messages name host and port, never path, query or headers.
  [[nodiscard]] Response send(const Request& request, const std::stop_token& stop);

 private:
  class Connection;
  class Lease;

  const ClientSettings settings_;
  struct Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace lifeboat::http

#endif  // LIFEBOAT_HTTP_CLIENT_H_
