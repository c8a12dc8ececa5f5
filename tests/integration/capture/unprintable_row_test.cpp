// Rows that the server cannot hand over because what is stored of them is damaged. A value whose
// text passes 1 GB fails the same way: tests/cli/long_row_test.py.
#include <gtest/gtest.h>

#include <set>

#include "collecting_sink.h"
#include "harness/postgres_server.h"
#include "pq/connection.h"

namespace lifeboat::postgres {
namespace {

using harness::PostgresServer;

/// Damaging a TOAST table takes a setting of the server's own.
PostgresServer& fragile_server() {
  static PostgresServer server = [] {
    harness::PostgresOptions options;
    options.settings["allow_system_table_mods"] = "on";
    return PostgresServer(options);
  }();
  return server;
}

class UnprintableRowTest : public testing::Test {
 protected:
  void SetUp() override { request_.url = fragile_server().create_database("odd"); }
  void TearDown() override { fragile_server().drop_database("odd"); }
  static void execute(const std::string& sql) { fragile_server().execute("odd", sql); }

  /// Takes away what is stored out of line of some values: all, or those that were stored nth.
  static void damage(const std::string& which) {
    const std::string toast = fragile_server().value(
        "odd", "SELECT reltoastrelid::regclass FROM pg_class WHERE oid = 't'::regclass");
    const auto pretend = [&](const char* kind) {
      execute("UPDATE pg_class SET relkind = '" + std::string(kind) + "' WHERE oid = '" + toast +
              "'::regclass");
    };
    pretend("r");
    execute("DELETE FROM " + toast + " WHERE chunk_id IN (SELECT chunk_id FROM" +
            " (SELECT chunk_id, dense_rank() OVER (ORDER BY chunk_id) AS nth FROM " + toast +
            ") AS stored WHERE " + which + ")");
    pretend("t");
    execute("VACUUM t");  // values out of line are found although they are deleted
  }

  Capture take() {
    SilentObserver observer;
    return capture(request_, sink_, observer, {});
  }

  CaptureRequest request_;
  CollectingSink sink_;
};

TEST_F(UnprintableRowTest, DamagedValuesAreNamedOneByOneWhereverTheyStand) {
  execute(
      "CREATE TABLE t (id int PRIMARY KEY, x text); ALTER TABLE t ALTER x SET STORAGE EXTERNAL;"
      "INSERT INTO t SELECT n, repeat('x', 3000) FROM generate_series(1, 500) n");
  damage("nth IN (1, 2, 250, 500)");
  const Capture got = take();
  EXPECT_EQ(got.rows, 496U);
  ASSERT_EQ(got.not_carried.size(), 4U);
  EXPECT_TRUE(got.not_carried[0].object.ends_with(", id 1")) << got.not_carried[0].object;
  EXPECT_TRUE(got.not_carried[1].object.ends_with(", id 2")) << got.not_carried[1].object;
  EXPECT_TRUE(got.not_carried[2].object.ends_with(", id 250")) << got.not_carried[2].object;
  EXPECT_TRUE(got.not_carried[3].object.ends_with(", id 500")) << got.not_carried[3].object;
  EXPECT_EQ(got.not_carried[3].severity, Severity::loss);
  EXPECT_NE(got.not_carried[3].reason.find("cannot print"), std::string::npos);
  const auto rows = sink_.rows("public.t");
  EXPECT_EQ(std::set(rows.begin(), rows.end()).size(), 496U);
}

TEST_F(UnprintableRowTest, ADamagedKeyIsNamedByItsPlace) {
  execute(
      "CREATE TABLE t (x text NOT NULL, y int); ALTER TABLE t ALTER x SET STORAGE EXTERNAL;"
      "CREATE UNIQUE INDEX ON t (left(x, 10));"
      "INSERT INTO t VALUES (repeat('x', 3000), 1), ('short', 2)");
  damage("nth = 1");
  const Capture got = take();
  EXPECT_EQ(got.rows, 1U);
  ASSERT_EQ(got.not_carried.size(), 1U);
  EXPECT_TRUE(got.not_carried[0].object.starts_with("row (0,1) of table public.t"));
}

TEST_F(UnprintableRowTest, ATableOfNothingElseEndsTheCaptureInsteadOfBeingTakenForWhole) {
  execute(
      "CREATE TABLE t (id int, x text); ALTER TABLE t ALTER x SET STORAGE EXTERNAL;"
      "INSERT INTO t SELECT n, repeat('x', 3000) FROM generate_series(1, 1100) n");
  damage("true");
  try {
    static_cast<void>(take());
    FAIL() << "captured";
  } catch (const Error& error) {
    EXPECT_NE(error.message().find("read public.t"), std::string::npos) << error.message();
  }
}

}  // namespace
}  // namespace lifeboat::postgres
