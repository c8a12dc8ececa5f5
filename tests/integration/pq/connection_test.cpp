#include "pq/connection.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "harness/postgres_server.h"

namespace lifeboat::pq {
namespace {

using harness::PostgresServer;
using std::chrono::steady_clock;

Connection to(const Secret& url, std::stop_token stop = {}) {
  return Connection(url, std::move(stop));
}

template <typename Work>
Error error_of(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  throw std::logic_error("no error came");
}

TEST(Connection, ReportsTheServersWordsWithTheirSqlstate) {
  Connection connection = to(harness::shared_server().url());
  const Error error = error_of([&] { connection.execute("SELECT * FROM nowhere"); });
  EXPECT_EQ(error.message(), "relation \"nowhere\" does not exist (42P01)");
  EXPECT_EQ(connection.query("SELECT $1::int + 1", {"41"}).integer(0, 0), 42);
}

TEST(Connection, TellsAFailedStatementAsAValueWhenAsked) {
  Connection connection = to(harness::shared_server().url());
  const auto failure = connection.try_execute("SELECT 1; SELECT 1/0");
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->sqlstate, "22012");
  EXPECT_FALSE(connection.try_execute("SELECT 1"));
}

TEST(Connection, NamesItselfInTheServersSessionList) {
  Connection connection = to(harness::shared_server().url());
  EXPECT_EQ(connection.query("SHOW application_name").text(0, 0), "lifeboat");
  EXPECT_EQ(connection.parameter("server_encoding"), "UTF8");
  EXPECT_GE(connection.server_version(), 130000);
}

TEST(Connection, CopiesLinesOutAndBytesIn) {
  Connection connection = to(harness::shared_server().url());
  connection.execute("CREATE TEMP TABLE numbers (n int, t text)");
  connection.begin_copy_in("COPY numbers FROM STDIN");
  const std::string rows = "1\tone\n2\ttwo\n3\t\\N\n";
  for (const char& byte : rows) connection.put_copy(as_bytes({&byte, 1}));
  EXPECT_EQ(connection.end_copy_in(), 3U);

  std::string back;
  EXPECT_EQ(
      connection.copy_out("COPY numbers TO STDOUT", [&](ByteView line) { back += as_text(line); }),
      3U);
  EXPECT_EQ(back, rows);
}

TEST(Connection, StaysUsableAfterABadRowOfACopy) {
  Connection connection = to(harness::shared_server().url());
  connection.execute("CREATE TEMP TABLE numbers (n int)");
  connection.begin_copy_in("COPY numbers FROM STDIN");
  connection.put_copy(as_bytes("1\nnot a number\n"));
  EXPECT_THROW(connection.end_copy_in(), Error);
  connection.begin_copy_in("COPY numbers FROM STDIN");
  connection.put_copy(as_bytes("1\n"));
  connection.abandon_copy_in();
  EXPECT_EQ(connection.query("SELECT count(*) FROM numbers").integer(0, 0), 0);
}

TEST(Connection, ReportsACopyThatFailsInTheMiddle) {
  Connection connection = to(harness::shared_server().url());
  const Error error = error_of([&] {
    connection.copy_out("COPY (SELECT 1 / (5000 - n) FROM generate_series(1, 9000) n) TO STDOUT",
                        [](ByteView) {});
  });
  EXPECT_EQ(error.message(), "division by zero (22012)");
}

TEST(Connection, EndsAWaitingStatementSoonAfterAStopRequest) {
  std::stop_source stop;
  Connection connection = to(harness::shared_server().url(), stop.get_token());
  auto ended = std::async(std::launch::async, [&] {
    return error_of([&] { connection.execute("SELECT pg_sleep(60)"); });
  });
  const auto asked = steady_clock::now();
  stop.request_stop();
  EXPECT_EQ(ended.get().kind(), ErrorKind::cancelled);
  EXPECT_LT(steady_clock::now() - asked, std::chrono::seconds(2));
  EXPECT_EQ(error_of([&] { connection.execute("SELECT 1"); }).kind(), ErrorKind::cancelled);
}

TEST(Connection, EndsABusyCopySoonAfterAStopRequest) {
  std::stop_source stop;
  Connection connection = to(harness::shared_server().url(), stop.get_token());
  const Error error = error_of([&] {
    connection.copy_out("COPY (SELECT generate_series(1, 1000000000)) TO STDOUT",
                        [&](ByteView) { stop.request_stop(); });
  });
  EXPECT_EQ(error.kind(), ErrorKind::cancelled);
}

TEST(Connection, SaysThatTheServerEndedIt) {
  Connection connection = to(harness::shared_server().url());
  const std::string pid = connection.query("SELECT pg_backend_pid()").text(0, 0);
  harness::shared_server().execute("postgres", "SELECT pg_terminate_backend(" + pid + ", 5000)");
  const Error error = error_of([&] { connection.execute("SELECT 1"); });
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_NE(error.message().find("57P01"), std::string::npos) << error.message();
  EXPECT_FALSE(connection.alive());
}

TEST(Connection, ThatNobodyListensForIsUnavailable) {
  const Secret nobody("postgres://shop:secret@127.0.0.1:" + std::to_string(harness::free_port()) +
                      "/shop");
  const Error error = error_of([&] { to(nobody); });
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_NE(error.message().find("refused"), std::string::npos) << error.message();
  EXPECT_NE(error.hint(), "");
  EXPECT_EQ(error.message().find("secret"), std::string::npos);
}

TEST(Connection, WithAWrongPasswordIsDenied) {
  PostgresServer server({.settings = {}, .loopback = true, .initdb_arguments = {}});
  server.execute("postgres", "CREATE ROLE shop LOGIN PASSWORD 'right'");
  EXPECT_TRUE(to(server.tcp_url("postgres", "shop", "right")).alive());
  const Error error = error_of([&] { to(server.tcp_url("postgres", "shop", "wrongsecret")); });
  EXPECT_EQ(error.kind(), ErrorKind::denied);
  EXPECT_NE(error.message().find("28P01"), std::string::npos) << error.message();
  EXPECT_EQ(error.message().find("wrongsecret"), std::string::npos);
  const Error none = error_of([&] {
    to(Secret("postgres://shop@127.0.0.1:" + std::to_string(server.port()) + "/postgres"));
  });
  EXPECT_EQ(none.kind(), ErrorKind::denied);
}

TEST(Connection, ToADatabaseThatDoesNotExistIsNotFound) {
  const Error error = error_of([&] { to(harness::shared_server().url("nothing_here")); });
  EXPECT_EQ(error.kind(), ErrorKind::not_found);
  EXPECT_EQ(error.message(), "connect: database \"nothing_here\" does not exist (3D000)");
}

}  // namespace
}  // namespace lifeboat::pq
