#ifndef LIFEBOAT_TESTS_HARNESS_POSTGRES_SERVER_H_
#define LIFEBOAT_TESTS_HARNESS_POSTGRES_SERVER_H_

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/secret.h"
#include "os/file.h"
#include "os/subprocess.h"

namespace lifeboat::harness {

/// The directory of initdb, postgres, pg_dump: $LIFEBOAT_TEST_PG_BIN, else the newest
/// /usr/lib/postgresql/*/bin. Throws if there is none: a missing server is an error, not a skip.
[[nodiscard]] std::filesystem::path postgres_binaries();

/// Whom servers run as when the tests run as root (postgres, else nobody); otherwise nothing.
[[nodiscard]] std::optional<std::pair<uid_t, gid_t>> unprivileged_user();

struct PostgresOptions {
  std::map<std::string, std::string> settings;  ///< postgresql.conf, e.g. {"wal_level", "minimal"}
  bool loopback = false;  ///< also listen on 127.0.0.1 at port(), with scram passwords
  std::vector<std::string> initdb_arguments;  ///< e.g. "--encoding=SQL_ASCII"
};

/// A real Postgres of the test's own: initdb and postgres in a temporary directory, on a private
/// Unix socket, fsync off. The superuser is "postgres" without a password (on the socket). Stopped
/// and removed by the destructor; the server dies with the thread that started it.
class PostgresServer {
 public:
  explicit PostgresServer(PostgresOptions options = {});
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;
  ~PostgresServer();

  /// Over the socket, as the superuser or another role.
  [[nodiscard]] Secret url(const std::string& database = "postgres",
                           const std::string& user = "postgres") const;
  /// Over TCP (needs PostgresOptions::loopback).
  [[nodiscard]] Secret tcp_url(const std::string& database, const std::string& user,
                               const std::string& password) const;
  /// Creates an empty database, replacing one of that name; returns url(name).
  Secret create_database(const std::string& name);
  void drop_database(const std::string& name);
  /// One or more statements as the superuser.
  void execute(const std::string& database, const std::string& sql) const;
  /// The first column of the first row, "" for none.
  [[nodiscard]] std::string value(const std::string& database, const std::string& sql) const;

  void start();
  /// Fast shutdown: sessions are ended with 57P01.
  void stop();
  /// Immediate shutdown, as a crash looks to clients; start() recovers.
  void crash();

  [[nodiscard]] const std::filesystem::path& directory() const { return home_.path(); }
  [[nodiscard]] const std::filesystem::path& binaries() const { return binaries_; }
  [[nodiscard]] int port() const { return port_; }

 private:
  void initialise();
  [[nodiscard]] os::Command command(const std::string& program,
                                    std::vector<std::string> arguments) const;
  void end(int signal_number);

  PostgresOptions options_;
  std::filesystem::path binaries_;
  os::TempDir home_;  // data, the socket, the log
  int port_ = 5432;
  std::optional<os::Subprocess> process_;
};

/// The server of this test executable: started by the first call, stopped when main() has returned.
[[nodiscard]] PostgresServer& shared_server();

/// A TCP port on 127.0.0.1 that nobody listened on a moment ago.
[[nodiscard]] int free_port();

}  // namespace lifeboat::harness

#endif  // LIFEBOAT_TESTS_HARNESS_POSTGRES_SERVER_H_
