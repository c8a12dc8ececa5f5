#ifndef LIFEBOAT_TESTS_HARNESS_S3_SERVER_H_
#define LIFEBOAT_TESTS_HARNESS_S3_SERVER_H_

#include <optional>
#include <string>

#include "os/subprocess.h"
#include "store/s3_client.h"

namespace lifeboat::harness {

/// A real object store of the test's own, started by tests/harness/s3_server.py: Ceph's S3 gateway
/// with its objects in memory. It takes about two seconds to start; the destructor ends it. A
/// missing package is an error, not a skip.
class S3Server {
 public:
  S3Server();
  S3Server(const S3Server&) = delete;
  S3Server& operator=(const S3Server&) = delete;
  ~S3Server();

  [[nodiscard]] int port() const noexcept { return port_; }

  /// Settings for the bucket's owner and a prefix that no other call was given. `port` = where to
  /// connect to, if something stands between. Tries again without waiting.
  [[nodiscard]] store::S3Settings settings(int port) const;
  [[nodiscard]] store::S3Settings settings() const { return settings(port_); }

  [[nodiscard]] static config::S3Credentials owner();
  /// Another user of the store, who may do what a policy of the bucket allows.
  [[nodiscard]] static config::S3Credentials guest();

 private:
  os::UniqueFd end_;  // closed: the program ends
  std::optional<os::Subprocess> process_;
  int port_ = 0;
};

/// The server of this test executable: started by the first call, stopped when main() has returned.
[[nodiscard]] S3Server& shared_s3_server();

}  // namespace lifeboat::harness

#endif  // LIFEBOAT_TESTS_HARNESS_S3_SERVER_H_
