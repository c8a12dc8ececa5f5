#include "postgres/archive_sql.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lifeboat::postgres {
namespace {

TEST(ArchiveSql, TakesAPrimaryKeyApart) {
  const auto parts = take_apart_unique(
      "ALTER TABLE ONLY public.orders\n    ADD CONSTRAINT orders_pkey PRIMARY KEY (id);\n");
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->build_sql, "CREATE UNIQUE INDEX orders_pkey ON public.orders (id)");
  EXPECT_EQ(parts->attach_sql,
            "ALTER TABLE ONLY public.orders\n    ADD CONSTRAINT orders_pkey PRIMARY KEY USING "
            "INDEX orders_pkey;\n");
}

TEST(ArchiveSql, KeepsEverythingAUniqueConstraintMayCarry) {
  const auto parts = take_apart_unique(
      "ALTER TABLE ONLY \"odd \"\" (schema\".\"t;able\"\n"
      "    ADD CONSTRAINT \"a )b\" UNIQUE NULLS NOT DISTINCT (\"x)\", y) INCLUDE (z) WITH "
      "(fillfactor='70') DEFERRABLE INITIALLY DEFERRED;\n\n"
      "ALTER TABLE ONLY public.t REPLICA IDENTITY USING INDEX \"a )b\";\n");
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->build_sql,
            "CREATE UNIQUE INDEX \"a )b\" ON \"odd \"\" (schema\".\"t;able\" (\"x)\", y) INCLUDE "
            "(z) NULLS NOT DISTINCT WITH (fillfactor='70')");
  EXPECT_THAT(parts->attach_sql, testing::HasSubstr("UNIQUE USING INDEX \"a )b\" DEFERRABLE "
                                                    "INITIALLY DEFERRED;\n"));
  EXPECT_THAT(parts->attach_sql, testing::HasSubstr("REPLICA IDENTITY USING INDEX"));
}

TEST(ArchiveSql, RunsWhatItDoesNotRecogniseAsItIs) {
  for (const char* sql :
       {"ALTER TABLE ONLY public.b\n    ADD CONSTRAINT c EXCLUDE USING gist (room WITH =);\n",
        "ALTER TABLE ONLY public.b\n    ADD CONSTRAINT c UNIQUE (id, during WITHOUT OVERLAPS) x;\n",
        "ALTER TABLE public.b\n    ADD CONSTRAINT c PRIMARY KEY (id);\n",
        "ALTER TABLE ONLY public.b\n    ADD CONSTRAINT c PRIMARY KEY (id", ""}) {
    EXPECT_FALSE(take_apart_unique(sql)) << sql;
  }
}

TEST(ArchiveSql, AddsAForeignKeyNotValidAndValidatesItLater) {
  const auto parts = take_apart_foreign_key(
      "ALTER TABLE ONLY app.a\n    ADD CONSTRAINT \"f k\" FOREIGN KEY (x) REFERENCES app.b(id) ON "
      "DELETE CASCADE;\n");
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->table, "app.a");
  EXPECT_TRUE(parts->add_sql.ends_with("ON DELETE CASCADE NOT VALID"));
  EXPECT_EQ(parts->validate_sql, "ALTER TABLE ONLY app.a VALIDATE CONSTRAINT \"f k\"");
}

TEST(ArchiveSql, LeavesAForeignKeyNotValidThatWasNotValid) {
  EXPECT_FALSE(
      take_apart_foreign_key("ALTER TABLE ONLY a.a\n    ADD CONSTRAINT f FOREIGN KEY (x) "
                             "REFERENCES a.b(id) NOT VALID;\n"));
}

TEST(ArchiveSql, AddsAForeignKeyOfAPartitionedTableInOneStep) {
  EXPECT_FALSE(take_apart_foreign_key(
      "ALTER TABLE a.a\n    ADD CONSTRAINT f FOREIGN KEY (x) REFERENCES a.b(id);\n"));
}

TEST(ArchiveSql, ParesTheMarksFromAnIndex) {
  const IndexStatements parts = take_apart_index(
      "CREATE INDEX i ON public.t USING btree (lower((\"a;b\" || '; x'::text)));\n\n"
      "ALTER TABLE public.t CLUSTER ON i;\nALTER INDEX public.i ALTER COLUMN 1 SET STATISTICS "
      "5;\n");
  EXPECT_EQ(parts.build_sql,
            "CREATE INDEX i ON public.t USING btree (lower((\"a;b\" || '; x'::text)))");
  EXPECT_EQ(parts.alter_sql,
            "ALTER TABLE public.t CLUSTER ON i;\n"
            "ALTER INDEX public.i ALTER COLUMN 1 SET STATISTICS 5;\n");
}

TEST(ArchiveSql, SplitsGrantsOutsideQuotes) {
  EXPECT_THAT(split_statements("GRANT SELECT ON TABLE t TO \"a;b\";\nREVOKE ALL ON t FROM c;\n"),
              testing::ElementsAre("GRANT SELECT ON TABLE t TO \"a;b\"", "REVOKE ALL ON t FROM c"));
  EXPECT_THAT(split_statements(""), testing::IsEmpty());
}

TEST(ArchiveSql, NamesTheObjectOfAnOwnerAsPgRestoreDoes) {
  ArchiveEntry entry;
  entry.kind = "MATERIALIZED VIEW";
  entry.schema = "app";
  entry.name = "Sales";
  entry.owner = "shop";
  entry.drop_sql = "DROP MATERIALIZED VIEW app.\"Sales\";\n";
  EXPECT_EQ(owner_sql(entry), "ALTER TABLE app.\"Sales\" OWNER TO shop");
  entry.kind = "FUNCTION";
  entry.drop_sql = "DROP FUNCTION app.twice(x numeric);\n";
  EXPECT_EQ(owner_sql(entry), "ALTER FUNCTION app.twice(x numeric) OWNER TO shop");
  entry.kind = "INDEX";
  EXPECT_EQ(owner_sql(entry), "");
}

TEST(ArchiveSql, FindsTheSchemaAnExtensionWants) {
  EXPECT_EQ(
      extension_schema("CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\" WITH SCHEMA heroku_ext;"),
      "heroku_ext");
  EXPECT_EQ(extension_schema("CREATE EXTENSION plpgsql;"), "");
}

}  // namespace
}  // namespace lifeboat::postgres
