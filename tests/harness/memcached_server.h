#ifndef LIFEBOAT_TESTS_HARNESS_MEMCACHED_SERVER_H_
#define LIFEBOAT_TESTS_HARNESS_MEMCACHED_SERVER_H_

#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "memcached/connection.h"
#include "os/file.h"
#include "os/subprocess.h"

namespace lifeboat::harness {

struct MemcachedOptions {
  std::vector<std::string> arguments = {};  ///< {"-X"}: no walk through the keys
  std::string accounts = {};                ///< "user:password": a login is asked for
  bool loopback = false;                    ///< on 127.0.0.1 at port() in place of the socket
};

/// A real memcached of the test's own, not run as root, on a private Unix socket. A missing
/// executable is an error, not a skip. Stopped and removed by the destructor; the server dies with
/// the thread that started it.
class MemcachedServer {
 public:
  explicit MemcachedServer(MemcachedOptions options = {});
  MemcachedServer(const MemcachedServer&) = delete;
  MemcachedServer& operator=(const MemcachedServer&) = delete;
  ~MemcachedServer() { kill(); }

  /// "unix:///…/socket", or "memcached://127.0.0.1:port".
  [[nodiscard]] Secret url() const;
  [[nodiscard]] memcached::Address address() const;
  [[nodiscard]] int port() const { return port_; }
  /// Sends `commands`, each with its line ends, and returns the first line of the answer.
  std::string run(const std::string& commands) const;
  /// Stores a value; the expiry as the protocol has it, 0 = never.
  void set(const std::string& key, const std::string& value, int expiry = 0) const;

  /// Ends it at once, as a crash looks to clients.
  void kill();

 private:
  os::TempDir home_;
  int port_ = 0;
  std::optional<os::Subprocess> process_;
};

}  // namespace lifeboat::harness

#endif  // LIFEBOAT_TESTS_HARNESS_MEMCACHED_SERVER_H_
