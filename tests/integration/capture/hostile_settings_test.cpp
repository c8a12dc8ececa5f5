// What a role, a database or a server is set to that would end a capture, or leave it no room.
#include <gtest/gtest.h>

#include <future>

#include "collecting_sink.h"
#include "harness/postgres_server.h"
#include "pq/connection.h"

namespace lifeboat::postgres {
namespace {

using harness::shared_server;

class HostileSettingsTest : public testing::Test {
 protected:
  void SetUp() override {
    shared_server().create_database("hostile");
    execute(
        "CREATE TABLE t (x text); INSERT INTO t SELECT repeat('x', 1000)"
        " FROM generate_series(1, 2000);"
        "DROP ROLE IF EXISTS strict; CREATE ROLE strict LOGIN; GRANT ALL ON t TO strict");
    request_.url = shared_server().url("hostile", "strict");
  }
  void TearDown() override {
    shared_server().drop_database("hostile");
    shared_server().execute("postgres", "DROP ROLE strict");
  }

  static void execute(const std::string& sql) { shared_server().execute("hostile", sql); }
  Capture take(CollectingSink& sink) {
    SilentObserver observer;
    return capture(request_, sink, observer, {});
  }
  static Error error_of(const std::function<void()>& work) {
    try {
      work();
    } catch (const Error& error) {
      return error;
    }
    throw std::logic_error("no error came");
  }

  CaptureRequest request_;
};

TEST_F(HostileSettingsTest, TimeoutsOfTheRoleDoNotEndACapture) {
  execute(
      "ALTER ROLE strict SET statement_timeout = '300ms';"
      "ALTER ROLE strict SET lock_timeout = '1ms';"
      "ALTER ROLE strict SET idle_in_transaction_session_timeout = '300ms';"
      "ALTER ROLE strict SET default_transaction_isolation = 'serializable';"
      "ALTER ROLE strict SET default_transaction_deferrable = on");
  if (shared_server().value("postgres", "SHOW server_version_num") >= "140000") {
    execute("ALTER ROLE strict SET idle_session_timeout = '300ms'");
  }
  if (shared_server().value("postgres", "SHOW server_version_num") >= "170000") {
    execute("ALTER ROLE strict SET transaction_timeout = '300ms'");
  }
  request_.most_bytes_per_second = 2'000'000;  // a second
  CollectingSink sink;
  EXPECT_EQ(take(sink).rows, 2000U);
}

TEST_F(HostileSettingsTest, ADropOrATruncateMeanwhileWaitsAndTakesNoRowAway) {
  for (const char* sql : {"TRUNCATE t", "DROP TABLE t"}) {
    execute("INSERT INTO t SELECT 'more' FROM generate_series(1, 500)");
    const std::string there = shared_server().value("hostile", "SELECT count(*) FROM t");
    std::future<void> other;
    CollectingSink sink;
    sink.on_first_row = [&] {
      other = std::async(std::launch::async, [&] { execute(sql); });
      pq::Connection watcher(shared_server().url("hostile"), {});
      while (watcher.query("SELECT count(*) FROM pg_locks WHERE NOT granted").integer(0, 0) == 0) {
        static_cast<void>(watcher.query("SELECT pg_sleep(0.01)"));
      }
    };
    const Capture got = take(sink);
    other.get();
    EXPECT_EQ(std::to_string(got.rows), there) << sql;
    EXPECT_NE(got.schema.plain_sql.find("CREATE TABLE public.t"), std::string::npos) << sql;
  }
}

TEST_F(HostileSettingsTest, TooFewConnectionsAreToldByTheirNumberBeforeAnythingIsRead) {
  execute("ALTER ROLE strict CONNECTION LIMIT 3");
  CollectingSink sink;
  const Error error = error_of([&] { static_cast<void>(take(sink)); });
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_EQ(error.message(), "2 more connections are free here, and a snapshot needs 3");
  EXPECT_FALSE(error.hint().empty());
}

TEST_F(HostileSettingsTest, FewConnectionsMakeForFewerReaders) {
  execute("ALTER ROLE strict CONNECTION LIMIT 5");
  request_.jobs = 8;
  CollectingSink sink;
  const Capture got = take(sink);
  EXPECT_EQ(got.rows, 2000U);
  EXPECT_EQ(got.connections, 5);
}

TEST_F(HostileSettingsTest, NoConnectionAtAllIsUnavailable) {
  execute("ALTER ROLE strict CONNECTION LIMIT 0");
  CollectingSink sink;
  const Error error = error_of([&] { static_cast<void>(take(sink)); });
  EXPECT_EQ(error.kind(), ErrorKind::unavailable) << error.message();
  EXPECT_NE(error.message().find("53300"), std::string::npos) << error.message();
}

}  // namespace
}  // namespace lifeboat::postgres
