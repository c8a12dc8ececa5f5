#ifndef LIFEBOAT_TESTS_HARNESS_S3_FAULT_PROXY_H_
#define LIFEBOAT_TESTS_HARNESS_S3_FAULT_PROXY_H_

#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <vector>

#include "harness/http_server.h"

namespace lifeboat::harness {

/// Stands between a client and a real S3 server, passes requests on as they are (so signatures
/// stay true), and goes wrong as told. Thread-safe.
class S3FaultProxy {
 public:
  /// Sends the request on and returns the server's answer as it came.
  using Forward = std::function<std::string()>;
  /// What happens to one request.
  using Fault = std::function<void(const HttpRequest&, HttpPeer&, const Forward&)>;

  /// `port` on 127.0.0.1 is the server's.
  explicit S3FaultProxy(int port);

  [[nodiscard]] int port() const noexcept { return server_.port(); }

  /// The next `times` requests of this method whose target holds `part` get the fault. Rules are
  /// looked at in the order in which they came; one that is used up is gone.
  void fault(const std::string& method, const std::string& part, Fault fault, int times = 1);

  /// "PUT /vaults/t1/format", in the order of arrival, without queries.
  [[nodiscard]] std::vector<std::string> requests() const;
  void forget_requests();
  /// Whether every fault came to pass as often as it was ordered.
  [[nodiscard]] bool all_happened() const;

 private:
  struct Rule {
    std::string method;
    std::string part;
    Fault fault;
    int left;
  };

  void serve(const HttpRequest& request, HttpPeer& peer);
  [[nodiscard]] Fault fault_for(const HttpRequest& request);

  const int behind_;
  mutable std::mutex mutex_;
  std::list<Rule> rules_;
  std::vector<std::string> requests_;
  HttpServer server_;  // last: its threads use the rest
};

/// "<Error><Code>…".
[[nodiscard]] std::string s3_error(const std::string& code);

/// Nothing reaches the server; this is the answer (http_answer()).
[[nodiscard]] S3FaultProxy::Fault answers(int status, const std::string& body = "",
                                          const std::vector<std::string>& headers = {});
/// The server acts, the client hears something else.
[[nodiscard]] S3FaultProxy::Fault acts_but_answers(int status, const std::string& body = "");
/// The server acts; the client gets so many bytes of the answer, then the connection ends.
[[nodiscard]] S3FaultProxy::Fault acts_but_cuts_after(std::size_t bytes);
/// The server acts; the client gets so many bytes of the answer, and then nothing.
[[nodiscard]] S3FaultProxy::Fault acts_but_stalls_after(std::size_t bytes);
/// The connection ends before the server hears of it.
[[nodiscard]] S3FaultProxy::Fault hangs_up();
/// A store that knows nothing of If-None-Match: a PUT is carried out whatever was there.
[[nodiscard]] S3FaultProxy::Fault ignores_the_condition(int port);

}  // namespace lifeboat::harness

#endif  // LIFEBOAT_TESTS_HARNESS_S3_FAULT_PROXY_H_
