// Connections that end while a capture reads: terminated by the server, as a failover, an
// administrator or a firewall would have it.
#include <gtest/gtest.h>

#include <future>
#include <mutex>

#include "collecting_sink.h"
#include "harness/postgres_server.h"
#include "harness/warnings.h"
#include "pq/connection.h"

namespace lifeboat::postgres {
namespace {

using harness::shared_server;
using harness::Warnings;
using std::chrono::milliseconds;

class ConnectionLossTest : public testing::Test {
 protected:
  void SetUp() override {
    request_.url = shared_server().create_database("frail");
    shared_server().execute(
        "frail",
        "CREATE TABLE t (id int PRIMARY KEY, x text);"
        "INSERT INTO t SELECT n, repeat('x', 1000) FROM generate_series(1, 20000) n;"
        "CREATE TABLE u (x int); INSERT INTO u SELECT generate_series(1, 500);"
        "CREATE VIEW v AS SELECT x FROM u; CREATE SEQUENCE s START 7");
  }
  void TearDown() override { shared_server().drop_database("frail"); }

  /// Ends sessions of the capture; returns how many.
  static int terminate(const std::string& which) {
    const std::string count =
        shared_server().value("postgres",
                              "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                              " WHERE datname = 'frail' AND application_name = 'lifeboat' AND " +
                                  which);
    return std::stoi(count);
  }
  static int remaining(const std::string& which) {
    return std::stoi(
        shared_server().value("postgres",
                              "SELECT count(*) FROM pg_stat_activity WHERE datname = 'frail' AND "
                              "application_name = 'lifeboat' AND " +
                                  which));
  }

  Capture take(CollectingSink& sink) { return capture(request_, sink, warnings_, {}); }

  static void expect_whole(const Capture& got, const CollectingSink& sink) {
    EXPECT_EQ(got.rows, 20'500U);
    EXPECT_EQ(sink.rows("public.t").size(), 20'000U);
    EXPECT_EQ(sink.rows("public.u").size(), 500U);
    EXPECT_TRUE(got.not_carried.empty());
    EXPECT_NE(got.schema.plain_sql.find("CREATE VIEW public.v"), std::string::npos);
    ASSERT_EQ(got.catalogue.sequences.size(), 1U);
  }

  CaptureRequest request_;
  Warnings warnings_;
};

TEST_F(ConnectionLossTest, AReadersConnectionThatEndsIsReplacedAndItsRangeReadAnew) {
  CollectingSink sink;
  int ended = 0;
  sink.on_first_row = [&] { ended = terminate("query LIKE 'COPY%'"); };
  const Capture got = take(sink);
  EXPECT_GE(ended, 1);
  expect_whole(got, sink);
  EXPECT_NE(warnings_.text().find("another one reads it anew"), std::string::npos);
}

TEST_F(ConnectionLossTest, TheSnapshotOutlivesTheSessionThatExportedIt) {
  request_.heartbeat = milliseconds(20);
  CollectingSink sink;
  sink.on_first_row = [&] {
    // The first reader stands still; whoever is not at a COPY is ended, again and again.
    EXPECT_GE(terminate("query NOT LIKE 'COPY%'"), 1);
  };
  expect_whole(take(sink), sink);
}

TEST_F(ConnectionLossTest, ReadersThatEndAfterTheirLeaderAreReplacedFromEachOther) {
  request_.jobs = 2;
  request_.heartbeat = milliseconds(20);
  shared_server().execute("frail",
                          "CREATE TABLE w AS SELECT n, repeat('y', 1000) AS x"
                          " FROM generate_series(1, 20000) n");
  CollectingSink sink;
  sink.on_first_row = [&] {
    // Rows stand still here, so both readers are at a COPY or will be: end the leader and one.
    terminate("query NOT LIKE 'COPY%'");
    EXPECT_EQ(terminate("pid = (SELECT min(pid) FROM pg_stat_activity WHERE datname = 'frail'"
                        " AND query LIKE 'COPY%')"),
              1);
  };
  const Capture got = take(sink);
  EXPECT_EQ(got.rows, 40'500U);
  EXPECT_TRUE(got.not_carried.empty());
}

TEST_F(ConnectionLossTest, WhereNoSessionIsLeftTheSnapshotIsGoneAndNothingIsClaimed) {
  request_.jobs = 1;
  CollectingSink sink;
  sink.on_first_row = [&] { terminate("true"); };
  try {
    static_cast<void>(take(sink));
    FAIL() << "captured without a session";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unavailable) << error.message();
    EXPECT_FALSE(error.message().empty());
  }
}

TEST_F(ConnectionLossTest, IdleSessionsSaySomethingNowAndThen) {
  request_.heartbeat = milliseconds(20);
  CollectingSink sink;
  bool heard = false;
  sink.on_first_row = [&] {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!heard && std::chrono::steady_clock::now() < deadline) {
      heard = remaining("query = 'SELECT 1' AND state = 'idle in transaction'") > 0;
    }
  };
  expect_whole(take(sink), sink);
  EXPECT_TRUE(heard);
}

}  // namespace
}  // namespace lifeboat::postgres
