#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/disk_vault.h"
#include "harness/postgres_server.h"
#include "postgres/load.h"

namespace lifeboat::restore {
namespace {

using harness::shared_server;
using testing::HasSubstr;

class RestoreOptions : public testing::Test {
 protected:
  void SetUp() override {
    const Secret shop = shared_server().create_database("shop");
    shared_server().execute("shop",
                            "CREATE ROLE clerk;"
                            "CREATE TABLE orders (id serial PRIMARY KEY, note text);"
                            "INSERT INTO orders (note) SELECT n FROM generate_series(1, 50) n;"
                            "CREATE INDEX orders_note ON orders (note);"
                            "ALTER TABLE orders ENABLE ROW LEVEL SECURITY;"
                            "CREATE POLICY mine ON orders TO clerk USING (true);"
                            "GRANT SELECT ON orders TO clerk;"
                            "CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM orders;"
                            "SELECT lo_from_bytea(4711, 'a picture')");
    vault_.take(shop);
    shared_server().create_database("target");
  }
  void TearDown() override {
    shared_server().drop_database("shop");
    shared_server().drop_database("target");
    shared_server().execute("postgres", "DROP ROLE IF EXISTS clerk");
  }

  [[nodiscard]] os::Outcome restore(std::vector<std::string> more) const {
    std::vector<std::string> words = {"latest", "--postgres=env:URL", "--json", "--quiet"};
    words.insert(words.end(), more.begin(), more.end());
    os::Command command = vault_.tool("restore", vault::Role::identity, std::move(words));
    command.environment["URL"] = shared_server().url("target").reveal();
    return os::run(command, {}, {});
  }

  static void lose_the_clerk() {
    shared_server().drop_database("shop");
    shared_server().execute("postgres", "DROP ROLE clerk");
  }

  static std::string value(const std::string& sql) { return shared_server().value("target", sql); }

  harness::DiskVault vault_;
};

TEST_F(RestoreOptions, SchemaOnlyMakesDefinitionsWithoutData) {
  const os::Outcome outcome = restore({"--schema-only"});
  EXPECT_EQ(outcome.status.code, 0) << outcome.err;
  EXPECT_EQ(value("SELECT count(*) FROM orders"), "0");
  EXPECT_EQ(value("SELECT last_value || ' ' || is_called FROM orders_id_seq"), "1 false");
  EXPECT_EQ(value("SELECT count(*) FROM pg_index WHERE indrelid = 'orders'::regclass"), "2");
  EXPECT_EQ(value("SELECT ispopulated FROM pg_matviews WHERE matviewname = 'counted'"), "f");
  EXPECT_EQ(value("SELECT count(*) FROM pg_policies"), "1");
  EXPECT_EQ(value("SELECT count(*) FROM pg_largeobject_metadata"), "0");
  EXPECT_EQ(value("SELECT to_regnamespace('lifeboat_restore')"), "");
}

TEST_F(RestoreOptions, CreateRolesBringsBackWhatNeedsThem) {
  lose_the_clerk();
  const os::Outcome outcome = restore({"--create-roles", "--strict"});
  EXPECT_EQ(outcome.status.code, 0) << outcome.err << as_text(outcome.out);
  EXPECT_EQ(value("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'clerk'"), "f");
  EXPECT_EQ(value("SELECT has_table_privilege('clerk', 'orders', 'SELECT')"), "t");
  EXPECT_EQ(value("SELECT roles::text FROM pg_policies"), "{clerk}");
}

TEST_F(RestoreOptions, WithoutThemALostPolicyIsNamedAndCounts) {
  lose_the_clerk();
  const os::Outcome outcome = restore({});
  EXPECT_EQ(outcome.status.code, 3);
  EXPECT_THAT(std::string(as_text(outcome.out)), HasSubstr("POLICY public.orders mine"));
}

TEST_F(RestoreOptions, StrictCountsWhatIsHarmless) {
  shared_server().execute("shop", "DROP POLICY mine ON orders");
  vault_.take(shared_server().url("shop"));
  lose_the_clerk();
  EXPECT_EQ(restore({}).status.code, 0) << "a grant to a role that is gone";
  shared_server().create_database("target");
  EXPECT_EQ(restore({"--strict"}).status.code, 3);
}

TEST_F(RestoreOptions, ThatDoNotGoTogetherAreUsageErrors) {
  EXPECT_EQ(restore({"--into-schema=old", "--schema-only"}).status.code, 2);
  EXPECT_EQ(restore({"--into-schema=old", "--create-roles"}).status.code, 2);
  EXPECT_EQ(restore({"--data-only", "--schema-only"}).status.code, 2);
  EXPECT_EQ(restore({"--data-only", "--into-schema=old"}).status.code, 2);
  EXPECT_EQ(postgres::inspect_target(shared_server().url("target")).user_objects, 0U);
}

}  // namespace
}  // namespace lifeboat::restore
