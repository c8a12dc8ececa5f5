#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "collecting_sink.h"
#include "harness/postgres_server.h"
#include "harness/warnings.h"
#include "postgres/binaries.h"
#include "postgres/schema_dump.h"
#include "postgres/session.h"
#include "postgres/snapshot_holder.h"
#include "postgres/snapshot_sessions.h"
#include "pq/connection.h"

namespace lifeboat::postgres {
namespace {

using harness::shared_server;
using harness::Warnings;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

class ConcurrencyTest : public testing::Test {
 protected:
  void SetUp() override { request_.url = shared_server().create_database("busy"); }
  void TearDown() override { shared_server().drop_database("busy"); }

  static void execute(const std::string& sql) { shared_server().execute("busy", sql); }
  static pq::Connection session() { return pq::Connection(shared_server().url("busy"), {}); }

  /// Returns once some session waits for a lock (the server is asked again and again).
  static void await_a_waiter() {
    pq::Connection watcher = session();
    const auto deadline = steady_clock::now() + seconds(20);
    while (watcher.query("SELECT count(*) FROM pg_locks WHERE NOT granted").integer(0, 0) == 0) {
      ASSERT_LT(steady_clock::now(), deadline) << "nobody waits for a lock";
      static_cast<void>(watcher.query("SELECT pg_sleep(0.01)"));
    }
  }

  Capture take(CollectingSink& sink, std::stop_token stop = {}) {
    SilentObserver observer;
    return capture(request_, sink, observer, std::move(stop));
  }

  CaptureRequest request_;
};

ErrorKind kind_of(std::future<void>& work) {
  try {
    work.get();
  } catch (const Error& error) {
    return error.kind();
  }
  throw std::logic_error("no error came");
}

TEST_F(ConcurrencyTest, ATruncateBetweenListAndSnapshotCannotShortenATable) {
  execute("CREATE TABLE t (x int); INSERT INTO t SELECT generate_series(1, 100)");
  pq::Connection other = session();
  other.execute("BEGIN; TRUNCATE t; INSERT INTO t SELECT generate_series(1, 60)");
  CollectingSink sink;
  auto taken = std::async(std::launch::async, [&] { return take(sink); });
  await_a_waiter();  // listed, and now waiting for its lock
  other.execute("COMMIT");
  EXPECT_EQ(taken.get().rows, 60U);
}

TEST_F(ConcurrencyTest, AnAlterQueuedBehindTheLeaderMakesNobodyWait) {
  execute("CREATE TABLE t (x int); INSERT INTO t VALUES (1)");
  pq::Connection leader = connect_pinned(request_.url, {}, seconds(3));
  const std::optional<HeldSnapshot> snapshot = try_hold_snapshot(leader, {});
  ASSERT_TRUE(snapshot);
  auto alter = std::async(std::launch::async, [] { execute("ALTER TABLE t ADD COLUMN y int"); });
  await_a_waiter();

  const auto start = steady_clock::now();
  SnapshotSessions sessions({.url = request_.url}, *snapshot, {});
  pq::Connection worker = connect_pinned(request_.url, {}, seconds(3));
  auto join = std::async(std::launch::async, [&] { sessions.join(worker); });
  EXPECT_EQ(kind_of(join), ErrorKind::busy);

  SchemaDumpRequest dump;
  dump.url = request_.url;
  dump.pg_dump = choose_pg_dump(find_binaries("pg_dump", {}), leader.server_version());
  dump.snapshot = snapshot->name;
  dump.lock_timeout = milliseconds(300);
  EXPECT_THROW(static_cast<void>(dump_schema(dump, {})), Error);
  EXPECT_LT(steady_clock::now() - start, seconds(10));

  EXPECT_EQ(contended_tables(worker = connect_pinned(request_.url, {}), snapshot->tables),
            std::vector<std::string>{"public.t"});
  leader.execute("ROLLBACK");
  alter.get();
}

TEST_F(ConcurrencyTest, AnAlterThatComesDuringTheReadingWaitsAndTheCaptureGoesOn) {
  // Definitions that the server cannot give without a lock on the table.
  execute(
      "CREATE TABLE t (x int PRIMARY KEY DEFAULT 7, CHECK (x > 0));"
      "CREATE INDEX later ON t ((x + 1)) WHERE x > 5; CREATE POLICY mine ON t USING (x > 3);"
      "CREATE TRIGGER calm BEFORE UPDATE ON t FOR EACH ROW WHEN (new.x > old.x)"
      "  EXECUTE FUNCTION suppress_redundant_updates_trigger();"
      "INSERT INTO t SELECT generate_series(1, 1000)");
  std::future<void> alter;
  CollectingSink sink;
  sink.on_first_row = [&] {
    alter = std::async(std::launch::async, [] { execute("ALTER TABLE t ADD COLUMN y int"); });
    await_a_waiter();
  };
  const Capture got = take(sink);
  alter.get();
  EXPECT_EQ(got.rows, 1000U);
  EXPECT_EQ(got.catalogue.tables.at(0).columns.size(), 1U);
}

TEST_F(ConcurrencyTest, ADefinitionThatChangesWhileAnAlterWaitsIsNamedAndTheRestIsCarried) {
  execute(
      "CREATE TABLE t (x int); INSERT INTO t SELECT generate_series(1, 1000);"
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'");
  request_.lock_timeout = milliseconds(300);
  std::future<void> alter;
  CollectingSink sink;
  sink.on_first_row = [&] {
    execute("CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2'");
    alter = std::async(std::launch::async, [] { execute("ALTER TABLE t ADD COLUMN y int"); });
    await_a_waiter();  // no second pg_dump gets its lock now
  };
  const Capture got = take(sink);
  alter.get();
  EXPECT_EQ(got.rows, 1000U);
  EXPECT_NE(got.schema.plain_sql.find("CREATE FUNCTION public.f()"), std::string::npos);
  ASSERT_EQ(got.not_carried.size(), 1U);
  EXPECT_EQ(got.not_carried[0].object, "function public.f()");
  EXPECT_EQ(got.not_carried[0].severity, Severity::loss);
}

/// An ALTER TABLE that begins to wait for a capture which needs a minute for its rows.
class GivingWayTest : public ConcurrencyTest {
 protected:
  void SetUp() override {
    ConcurrencyTest::SetUp();
    execute(
        "CREATE TABLE t (x text); CREATE TABLE u (x int);"
        "INSERT INTO t SELECT repeat('x', 1000) FROM generate_series(1, 6000);"
        "INSERT INTO u SELECT generate_series(1, 100)");
    request_.most_bytes_per_second = 100'000;
    sink_.on_first_row = [this] {
      alter_ = std::async(std::launch::async, [this] {
        pq::Connection migration = session();
        migration.execute("SET application_name = 'migration'");
        pid_ = migration.query("SELECT pg_backend_pid()").text(0, 0);
        migration.execute("ALTER TABLE t ADD COLUMN y int");
        altered_ = steady_clock::now();
      });
      await_a_waiter();
      waits_since_ = steady_clock::now();
    };
  }

  CollectingSink sink_;
  std::future<void> alter_;
  std::string pid_;
  steady_clock::time_point waits_since_;
  std::atomic<steady_clock::time_point> altered_{};
};

TEST_F(GivingWayTest, WithFailEndsTheCaptureSoonAndNamesWhoWaits) {
  request_.on_lock_wait = OnLockWait::fail;
  try {
    static_cast<void>(take(sink_));
    ADD_FAILURE() << "it did not give way";
  } catch (const Error& error) {
    EXPECT_LT(steady_clock::now() - waits_since_, seconds(4));  // 2 s on a machine of our own
    alter_.get();
    EXPECT_EQ(error.kind(), ErrorKind::busy);
    EXPECT_EQ(error.message(), "process " + pid_ +
                                   " (migration, user postgres) waits to change public.t, which "
                                   "this snapshot was reading");
  }
}

TEST_F(GivingWayTest, WithSkipStartsOverWithoutTheTableAndNamesIt) {
  request_.on_lock_wait = OnLockWait::skip;
  const Capture got = take(sink_);
  const auto ended = steady_clock::now();
  alter_.get();
  EXPECT_LT(altered_.load(), ended);
  EXPECT_EQ(got.rows, 100U);
  EXPECT_EQ(sink_.all().size(), 1U);
  EXPECT_EQ(sink_.rows("public.u").size(), 100U);
  ASSERT_EQ(got.not_carried.size(), 1U);
  EXPECT_EQ(got.not_carried[0].object, "table public.t");
  EXPECT_EQ(got.not_carried[0].severity, Severity::loss);
  EXPECT_NE(got.not_carried[0].reason.find(pid_), std::string::npos);
  EXPECT_EQ(got.schema.plain_sql.find("CREATE TABLE public.t"), std::string::npos);
}

TEST_F(GivingWayTest, WithRetryReadsOnAndTellsWhoWaits) {
  request_.most_bytes_per_second = 3'000'000;
  Warnings observer;
  const Capture got = capture(request_, sink_, observer, {});
  alter_.get();
  EXPECT_EQ(got.rows, 6100U);
  EXPECT_TRUE(got.not_carried.empty());
  EXPECT_NE(observer.text().find("process " + pid_ +
                                 " (migration, user postgres) waits to change "
                                 "public.t, which this snapshot reads"),
            std::string::npos)
      << observer.text();
}

TEST_F(ConcurrencyTest, ALockThatIsNotToBeHadIsBusyAndNamed) {
  execute("CREATE TABLE held (x int); CREATE TABLE free (x int); INSERT INTO free VALUES (1)");
  pq::Connection other = session();
  other.execute("BEGIN; LOCK TABLE held IN ACCESS EXCLUSIVE MODE");
  request_.lock_timeout = milliseconds(100);
  request_.lock_tries = 2;
  for (const OnLockWait policy : {OnLockWait::retry, OnLockWait::fail}) {
    request_.on_lock_wait = policy;
    CollectingSink sink;
    try {
      static_cast<void>(take(sink));
      ADD_FAILURE() << "captured in spite of the lock";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::busy);
      EXPECT_EQ(error.message(), "somebody has locked public.held");
      EXPECT_FALSE(error.hint().empty());
    }
  }
  request_.on_lock_wait = OnLockWait::skip;
  CollectingSink sink;
  const Capture got = take(sink);
  EXPECT_EQ(got.rows, 1U);
  ASSERT_EQ(got.not_carried.size(), 1U);
  EXPECT_EQ(got.not_carried[0].object, "table public.held");
  EXPECT_EQ(got.not_carried[0].severity, Severity::loss);
}

TEST_F(ConcurrencyTest, AViewThatStaysLockedCannotHoldTheSchemaDumpForEver) {
  execute("CREATE TABLE t (x int); CREATE VIEW v AS SELECT x FROM t");
  pq::Connection other = session();
  other.execute("BEGIN; ALTER VIEW v RENAME COLUMN x TO y");
  request_.lock_timeout = milliseconds(200);
  request_.lock_tries = 2;
  CollectingSink sink;
  auto taken = std::async(std::launch::async, [&] { static_cast<void>(take(sink)); });
  EXPECT_EQ(kind_of(taken), ErrorKind::busy);
}

/// Moves money between accounts, empties and refills a table, and changes the schema, all at once.
class Writers {
 public:
  Writers() {
    start(
        "UPDATE accounts SET balance = balance + CASE id WHEN 1 + $ % 500 THEN 1 ELSE -1 END"
        " WHERE id IN (1 + $ % 500, 501 + $ % 500)");
    start(
        "BEGIN; TRUNCATE refilled; INSERT INTO refilled SELECT generate_series(1, 200); COMMIT;"
        "SELECT pg_sleep(0.3)");
    start(
        "BEGIN; ALTER TABLE rewritten ALTER x TYPE bigint; ALTER TABLE rewritten ALTER x TYPE int;"
        "COMMIT; SELECT pg_sleep(0.3)");
    start("CREATE TABLE passing (x int); DROP TABLE passing; SELECT pg_sleep(0.05)");
  }
  ~Writers() { done_ = true; }

 private:
  void start(std::string sql) {
    threads_.emplace_back([this, sql = std::move(sql)] {
      pq::Connection session(shared_server().url("busy"), {});
      for (int n = 0; !done_; n += 7) {
        std::string now = sql;
        for (std::size_t at; (at = now.find('$')) != std::string::npos;) {
          now.replace(at, 1, std::to_string(n));
        }
        session.execute(now);
      }
    });
  }
  std::atomic<bool> done_ = false;
  std::vector<std::jthread> threads_;
};

TEST_F(ConcurrencyTest, WhatIsCapturedIsOneMomentUnderHeavyWriting) {
  execute(
      "CREATE TABLE accounts (id int PRIMARY KEY, balance bigint) WITH (fillfactor = 30);"
      "INSERT INTO accounts SELECT n, 100 FROM generate_series(1, 20000) n;"
      "CREATE TABLE refilled (x int); INSERT INTO refilled SELECT generate_series(1, 200);"
      "CREATE TABLE rewritten (x int); INSERT INTO rewritten SELECT generate_series(1, 3000)");
  request_.lock_tries = 50;
  const Writers writers;
  for (int round = 0; round < 2; ++round) {
    CollectingSink sink;
    const Capture got = take(sink);
    std::int64_t total = 0;
    const std::vector<std::string> accounts = sink.rows("public.accounts");
    for (const std::string& row : accounts) total += std::stoll(row.substr(row.find('\t') + 1));
    EXPECT_EQ(accounts.size(), 20000U);
    EXPECT_EQ(total, 2000000);
    EXPECT_EQ(sink.rows("public.refilled").size(), 200U);
    EXPECT_EQ(sink.rows("public.rewritten").size(), 3000U);
  }
}

TEST_F(ConcurrencyTest, KeepsToTheRateThatItIsGiven) {
  execute(
      "CREATE TABLE t (x text); INSERT INTO t SELECT repeat('x', 999) FROM"
      " generate_series(1, 8000)");
  request_.most_bytes_per_second = 8'000'000;
  CollectingSink sink;
  std::optional<steady_clock::time_point> first;
  sink.on_first_row = [&] { first = steady_clock::now(); };
  const Capture got = take(sink);
  EXPECT_EQ(got.rows, 8000U);
  EXPECT_GE(steady_clock::now() - *first, milliseconds(850));  // 8 MB, a tenth of a second ahead
}

TEST_F(ConcurrencyTest, AStopRequestEndsEverythingSoon) {
  execute(
      "CREATE TABLE t (x text); INSERT INTO t SELECT repeat('x', 1000)"
      " FROM generate_series(1, 20000)");
  for (const bool while_waiting : {false, true}) {
    std::optional<pq::Connection> other;
    if (while_waiting) {
      other.emplace(session());
      other->execute("BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
    }
    std::stop_source stop;
    CollectingSink sink;
    sink.on_first_row = [&] { stop.request_stop(); };
    auto taken =
        std::async(std::launch::async, [&] { static_cast<void>(take(sink, stop.get_token())); });
    if (while_waiting) {
      await_a_waiter();
      stop.request_stop();
    }
    const auto start = steady_clock::now();
    EXPECT_EQ(kind_of(taken), ErrorKind::cancelled);
    EXPECT_LT(steady_clock::now() - start, seconds(10));
  }
  // No session of ours is left behind.
  EXPECT_EQ(shared_server().value("postgres",
                                  "SELECT count(*) FROM pg_stat_activity WHERE datname = 'busy'"
                                  " AND application_name LIKE 'lifeboat%'"
                                  " AND wait_event_type = 'Lock'"),
            "0");
}

}  // namespace
}  // namespace lifeboat::postgres
