#ifndef LIFEBOAT_TESTS_HARNESS_HTTP_SERVER_H_
#define LIFEBOAT_TESTS_HARNESS_HTTP_SERVER_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "os/unique_fd.h"

namespace lifeboat::harness {

struct HttpRequest {
  std::string method;
  std::string target;                          ///< path and query, as sent
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string head;                            ///< as it came, with the empty line at its end
  std::string body;
  [[nodiscard]] std::string header(const std::string& name) const;
};

/// One connection, as the answering side sees it.
class HttpPeer {
 public:
  explicit HttpPeer(int fd) : fd_(fd) {}
  /// Sends bytes as they are. A client that has gone is no error.
  void send(const std::string& bytes);
  /// No further request is read; the connection ends when the handler returns.
  void hang_up() noexcept { open_ = false; }
  /// Blocks until the client, or the end of the server, closes the connection; then hangs up.
  void wait_for_the_client_to_go();
  [[nodiscard]] bool is_open() const noexcept { return open_; }

 private:
  int fd_;
  bool open_ = true;
};

/// "HTTP/1.1 200 …" with Content-Length and these header lines ("name: value"), and a body.
[[nodiscard]] std::string http_answer(int status, const std::string& body,
                                      const std::vector<std::string>& headers = {});

/// An HTTP/1.1 server on 127.0.0.1 for tests: each connection has a thread, each request goes to
/// the handler, which may say anything, in pieces, or nothing. Reads bodies by Content-Length only.
/// The destructor cuts what is open and joins.
class HttpServer {
 public:
  using Handler = std::function<void(const HttpRequest&, HttpPeer&)>;
  explicit HttpServer(Handler handler);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();

  [[nodiscard]] int port() const noexcept { return port_; }
  /// http://127.0.0.1:port + path
  [[nodiscard]] std::string url(const std::string& path) const;
  /// How many were accepted since the start.
  [[nodiscard]] std::size_t connections() const noexcept { return connections_; }

 private:
  void accept_clients();
  void serve(os::UniqueFd client);

  Handler handler_;
  int port_ = 0;
  os::UniqueFd listener_;
  std::atomic<std::size_t> connections_{0};
  std::mutex mutex_;
  bool ended_ = false;
  std::vector<int> open_;  // own copies of the descriptors, shut down at the end
  std::vector<std::jthread> sessions_;
  std::jthread acceptor_;
};

/// Connects to 127.0.0.1, sends a whole request and reads one whole answer (by Content-Length, by
/// chunks, or to the end of the connection), as it came. Throws Error(unavailable) if nobody
/// listens.
[[nodiscard]] std::string http_exchange(int port, const std::string& request, bool answers_body);

}  // namespace lifeboat::harness

#endif  // LIFEBOAT_TESTS_HARNESS_HTTP_SERVER_H_
