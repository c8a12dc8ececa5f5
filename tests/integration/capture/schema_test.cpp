#include <gtest/gtest.h>

#include <set>

#include "collecting_sink.h"
#include "harness/postgres_server.h"
#include "os/subprocess.h"
#include "postgres/catalogue_reader.h"
#include "postgres/survey.h"
#include "pq/connection.h"
#include "rich_schema.h"

namespace lifeboat::postgres {
namespace {

using harness::PostgresServer;
using harness::shared_server;

void restore(const PostgresServer& server, const std::string& database, ByteView archive) {
  os::Command command;
  command.program = server.binaries() / "pg_restore";
  command.environment = pq::environment_of(server.url(database));
  command.arguments = {"--exit-on-error", "--dbname=" + database};
  const os::Outcome outcome = os::run(command, archive, {});
  ASSERT_TRUE(outcome.status.ok()) << outcome.err;
}

void expect_same(const SchemaDifference& difference) {
  for (const SchemaItem& item : difference.missing) {
    ADD_FAILURE() << "missing: " << item.kind << " " << item.identity << "\n" << item.definition;
  }
  for (const SchemaItem& item : difference.extra) {
    ADD_FAILURE() << "extra: " << item.kind << " " << item.identity << "\n" << item.definition;
  }
  for (const auto& change : difference.changed) {
    ADD_FAILURE() << change.expected.kind << " " << change.expected.identity << "\n"
                  << change.expected.definition << "\n--- restored:\n"
                  << change.found.definition;
  }
}

/// A capture of the rich schema, taken once.
class SchemaTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    shared_server().execute("postgres", "CREATE ROLE app; CREATE ROLE reader");
    const Secret url = shared_server().create_database("rich");
    shared_server().execute("rich", kRichSchema);
    CaptureRequest request;
    request.url = url;
    CollectingSink sink;
    SilentObserver observer;
    captured_ = capture(request, sink, observer, {});
  }
  static void TearDownTestSuite() { shared_server().drop_database("rich"); }
  static inline Capture captured_;
};

TEST_F(SchemaTest, ItemsOfAFaithfulRestoreAreEqual) {
  const Secret url = shared_server().create_database("copy");
  restore(shared_server(), "copy", captured_.schema.archive);
  shared_server().execute("copy", "REFRESH MATERIALIZED VIEW mv");
  expect_same(compare_items(captured_.catalogue.items, survey(url, {}).catalogue.items));
  shared_server().drop_database("copy");
}

TEST_F(SchemaTest, ItemsCoverEveryKindOfObject) {
  std::set<std::string> kinds;
  for (const SchemaItem& item : captured_.catalogue.items) kinds.insert(item.kind);
  for (const char* kind : {"schema",
                           "extension",
                           "type",
                           "domain",
                           "table",
                           "foreign table",
                           "column",
                           "index",
                           "constraint",
                           "sequence",
                           "view",
                           "matview",
                           "function",
                           "function body",
                           "procedure",
                           "aggregate",
                           "operator",
                           "operator class",
                           "operator family",
                           "cast",
                           "collation",
                           "trigger",
                           "rule",
                           "policy",
                           "statistics",
                           "publication",
                           "publication table",
                           "publication schema",
                           "text search configuration",
                           "text search dictionary",
                           "foreign-data wrapper",
                           "foreign server",
                           "user mapping",
                           "event trigger",
                           "comment"}) {
    EXPECT_TRUE(kinds.contains(kind)) << kind;
  }
}

TEST_F(SchemaTest, ItemsHoldNoSecretAndNothingOfAnExtension) {
  for (const SchemaItem& item : captured_.catalogue.items) {
    EXPECT_EQ(item.definition.find("verysecret"), std::string::npos) << item.identity;
    EXPECT_EQ(item.identity.find("gin_trgm"), std::string::npos) << item.identity;
  }
}

TEST_F(SchemaTest, NamesTheRolesThatTheRestoreWillNeed) {
  const std::vector<std::string>& roles = captured_.catalogue.roles;
  EXPECT_EQ(roles, (std::vector<std::string>{"app", "postgres", "reader"}));
}

/// Each of these must show up as a changed, missing or extra item: none is lost in normalising.
TEST_F(SchemaTest, ItemsShowEveryChange) {
  const Secret url = shared_server().url("rich");
  for (const char* change :
       {"ALTER TABLE orders ENABLE TRIGGER t1", "ALTER TABLE orders NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE customers ALTER big SET STORAGE MAIN",
        "ALTER TYPE mood RENAME VALUE 'ok' TO 'x'",
        "ALTER TABLE customers VALIDATE CONSTRAINT fav_fk", "ALTER TABLE fast SET LOGGED",
        "ALTER TABLE orders SET WITHOUT CLUSTER", "ALTER TABLE fast REPLICA IDENTITY DEFAULT",
        "ALTER TABLE customers SET (fillfactor = 70)", "DROP INDEX trgm",
        "COMMENT ON TABLE orders IS 'other'", "ALTER SEQUENCE s NO CYCLE",
        "ALTER TABLE parts DETACH PARTITION late", "ALTER FUNCTION add RESET ALL",
        "CREATE OR REPLACE FUNCTION add(a int, b int DEFAULT 2) RETURNS int LANGUAGE sql "
        "IMMUTABLE PARALLEL SAFE SET work_mem = '8MB' AS 'select $1-$2'",
        "ALTER POLICY pol ON orders TO app", "ALTER TABLE customers ALTER name DROP NOT NULL",
        "ALTER STATISTICS st SET STATISTICS 10", "CREATE TABLE another (x int)"}) {
    pq::Connection session(url, {});
    session.execute("BEGIN");
    session.execute(change);
    session.execute("SET search_path = ''");
    const SchemaDifference difference =
        compare_items(captured_.catalogue.items, read_items(session));
    EXPECT_GT(difference.missing.size() + difference.extra.size() + difference.changed.size(), 0U)
        << change;
    session.execute("ROLLBACK");
  }
}

}  // namespace
}  // namespace lifeboat::postgres
