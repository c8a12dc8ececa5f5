#include <gtest/gtest.h>

#include <fstream>

#include "collecting_sink.h"
#include "harness/postgres_server.h"
#include "harness/version_proxy.h"
#include "os/subprocess.h"
#include "pq/connection.h"

namespace lifeboat::postgres {
namespace {

using harness::shared_server;

Error refusal_of(const Secret& url) {
  CaptureRequest request;
  request.url = url;
  CollectingSink sink;
  SilentObserver observer;
  try {
    static_cast<void>(capture(request, sink, observer, {}));
  } catch (const Error& error) {
    return error;
  }
  throw std::logic_error("captured");
}

/// Debian's pgbouncer before the shared server.
class Pooler {
 public:
  explicit Pooler(const std::string& mode) : home_("/tmp", "lbpool-"), port_(harness::free_port()) {
    const std::filesystem::path program = "/usr/sbin/pgbouncer";
    if (!std::filesystem::exists(program)) {
      throw Error(ErrorKind::not_found, "no pgbouncer: install the package pgbouncer");
    }
    std::ofstream(home_.path() / "users.txt") << "\"postgres\" \"\"\n";
    std::ofstream(home_.path() / "pool.ini")
        << "[databases]\n* = host=" << shared_server().directory().string()
        << " port=" << shared_server().port() << " user=postgres\n[pgbouncer]\n"
        << "listen_addr = 127.0.0.1\nlisten_port = " << port_
        << "\nunix_socket_dir =\nauth_type = trust\nauth_file = "
        << (home_.path() / "users.txt").string() << "\npool_mode = " << mode << "\n";
    os::Command command;
    command.program = program;
    command.arguments = {"-q", home_.path() / "pool.ini"};
    if (const auto user = harness::unprivileged_user()) {
      command.user = user->first;
      command.group = user->second;
      if (chown(home_.path().c_str(), user->first, user->second) != 0) {
        throw Error(ErrorKind::internal, "chown failed");
      }
    }
    process_.emplace(command, os::Subprocess::Streams{});
    await();
  }
  [[nodiscard]] Secret url() const {
    return Secret("postgresql://postgres@127.0.0.1:" + std::to_string(port_) +
                  "/postgres?sslmode=disable&gssencmode=disable");
  }

 private:
  void await() {
    for (int tries = 0; tries < 100; ++tries) {
      try {
        const pq::Connection ready(url(), {});
        return;
      } catch (const Error&) {
        if (process_->wait_for(std::chrono::milliseconds(50))) break;
      }
    }
    throw Error(ErrorKind::unavailable, "pgbouncer did not start");
  }

  os::TempDir home_;
  int port_;
  std::optional<os::Subprocess> process_;
};

TEST(Refusal, ATransactionModePoolerIsRefusedWithTheReason) {
  const Pooler pooler("transaction");
  const Error error = refusal_of(pooler.url());
  EXPECT_EQ(error.kind(), ErrorKind::refused) << error.message();
  EXPECT_NE(error.message().find("pooler"), std::string::npos);
  EXPECT_NE(error.hint().find("DATABASE_URL"), std::string::npos);
  // None of our settings stays behind in the pooled session.
  EXPECT_NE(pq::Connection(pooler.url(), {}).query("SHOW search_path").text(0, 0), "");
}

TEST(Refusal, AStatementModePoolerIsRefusedToo) {
  const Pooler pooler("statement");
  EXPECT_EQ(refusal_of(pooler.url()).kind(), ErrorKind::refused);
}

TEST(Refusal, ASessionModePoolerIsAsGoodAsTheServer) {
  const Pooler pooler("session");
  CaptureRequest request;
  request.url = pooler.url();
  CollectingSink sink;
  SilentObserver observer;
  EXPECT_FALSE(capture(request, sink, observer, {}).schema.archive.empty());
}

TEST(Refusal, AServerNewerThanAnyPgDumpNamesThePackageToInstall) {
  const harness::VersionProxy proxy(shared_server(), "99.1");
  EXPECT_EQ(pq::Connection(proxy.url(), {}).server_version(), 990001);
  const Error error = refusal_of(proxy.url());
  EXPECT_EQ(error.kind(), ErrorKind::not_found) << error.message();
  EXPECT_NE(error.hint().find("postgresql-client-99"), std::string::npos);
}

TEST(Refusal, BadUrlsAndServersHaveTheirOwnKinds) {
  EXPECT_EQ(refusal_of(Secret("mysql://x/y")).kind(), ErrorKind::usage);
  EXPECT_EQ(
      refusal_of(Secret("postgres://x@127.0.0.1:" + std::to_string(harness::free_port()) + "/y"))
          .kind(),
      ErrorKind::unavailable);
  EXPECT_EQ(refusal_of(shared_server().url("no_such_database")).kind(), ErrorKind::not_found);
}

TEST(Refusal, OfARoleThatLosesARightHalfWayNamesTheTable) {
  harness::PostgresServer& server = shared_server();
  server.create_database("halfway");
  server.execute("halfway", R"(
    CREATE ROLE leaver LOGIN;
    CREATE TABLE big AS SELECT n, md5(n::text) FROM generate_series(1, 50000) n;
    CREATE TABLE small AS SELECT 1 AS n;
    GRANT SELECT ON big, small TO leaver;)");
  CaptureRequest request;
  request.url = server.url("halfway", "leaver");
  request.jobs = 1;
  CollectingSink sink;
  sink.on_first_row = [&] { server.execute("halfway", "REVOKE SELECT ON small FROM leaver"); };
  SilentObserver observer;
  try {
    static_cast<void>(capture(request, sink, observer, {}));
    FAIL() << "captured";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::denied);
    EXPECT_NE(error.message().find("small"), std::string::npos) << error.message();
  }
}

}  // namespace
}  // namespace lifeboat::postgres
