#ifndef LIFEBOAT_TESTS_HARNESS_REDIS_SERVER_H_
#define LIFEBOAT_TESTS_HARNESS_REDIS_SERVER_H_

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/secret.h"
#include "os/file.h"
#include "os/subprocess.h"
#include "resp/connection.h"

namespace lifeboat::harness {

struct RedisOptions {
  /// Lines of redis.conf: {"maxmemory-policy", "allkeys-lru"}, {"user", "default on nopass ..."}.
  std::vector<std::pair<std::string, std::string>> settings = {};
  bool loopback = false;  ///< also listen on 127.0.0.1 at port()
  bool sentinel = false;  ///< a sentinel instead of a server
  /// The commands of an append-only file that it begins with; it may still be loading them.
  std::optional<Bytes> command_log = {};
};

/// $LIFEBOAT_TEST_REDIS, else Debian's redis-server. The first call says on stdout which it is.
/// Throws not_found if it is missing.
[[nodiscard]] std::filesystem::path redis_program();

/// A real redis-server of the test's own: in a temporary directory, on a private Unix socket,
/// nothing saved, DEBUG allowed, as a user without rights if the tests run as root. A missing
/// executable is an error, not a skip. Stopped and removed by the destructor; the server dies with
/// the thread that started it.
class RedisServer {
 public:
  explicit RedisServer(RedisOptions options = {});
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  [[nodiscard]] Secret url(unsigned database = 0) const;
  [[nodiscard]] Secret url_as(const std::string& user, const std::string& password) const;
  [[nodiscard]] Secret tcp_url() const;
  [[nodiscard]] resp::Connection connect(unsigned database = 0) const;
  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string socket_path() const;
  /// Where it writes its files: dump.rdb after SAVE.
  [[nodiscard]] std::string folder() const { return home_.path().string(); }

  /// Ends it at once, as a crash looks to clients.
  void kill();
  /// Its own files, and the process, for looking at what it uses.
  [[nodiscard]] const std::filesystem::path& home() const { return home_.path(); }
  [[nodiscard]] pid_t pid() const { return process_->pid(); }

 private:
  void wait_until_ready();

  os::TempDir home_;
  int port_ = 0;
  std::optional<os::Subprocess> process_;
};

}  // namespace lifeboat::harness

#endif  // LIFEBOAT_TESTS_HARNESS_REDIS_SERVER_H_
