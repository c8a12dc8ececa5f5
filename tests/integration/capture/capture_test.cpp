#include "postgres/capture.h"

#include <gtest/gtest.h>

#include "collecting_sink.h"
#include "harness/postgres_server.h"
#include "os/subprocess.h"
#include "postgres/survey.h"
#include "pq/connection.h"

namespace lifeboat::postgres {
namespace {

using harness::shared_server;
using Lines = std::vector<std::string>;

/// A database of its own for each test, named for it.
class CaptureTest : public testing::Test {
 protected:
  void SetUp() override {
    name_ = testing::UnitTest::GetInstance()->current_test_info()->name();
    url_ = shared_server().create_database(name_);
  }
  void TearDown() override { shared_server().drop_database(name_); }
  void execute(const std::string& sql) { shared_server().execute(name_, sql); }

  Capture take(CollectingSink& sink) {
    CaptureRequest request;
    request.url = url_;
    return take(request, sink);
  }
  static Capture take(const CaptureRequest& request, CollectingSink& sink) {
    SilentObserver observer;
    return capture(request, sink, observer, {});
  }

  std::string name_;
  Secret url_;
};

const NotCarried* find(const std::vector<NotCarried>& list, const std::string& object) {
  for (const NotCarried& item : list) {
    if (item.object == object) return &item;
  }
  return nullptr;
}

TEST_F(CaptureTest, CarriesTheRowsOfEveryKindOfTable) {
  execute(R"(
    CREATE TABLE plain (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, gone int,
                        twice int GENERATED ALWAYS AS (id * 2) STORED, note text);
    ALTER TABLE plain DROP COLUMN gone;
    INSERT INTO plain (note) VALUES ('a'), (NULL), (E'tab\there');
    CREATE TABLE nothing ();
    INSERT INTO nothing DEFAULT VALUES; INSERT INTO nothing DEFAULT VALUES;
    CREATE TABLE parts (k int, v text) PARTITION BY RANGE (k);
    CREATE TABLE parts_low PARTITION OF parts FOR VALUES FROM (0) TO (10);
    CREATE TABLE parts_high PARTITION OF parts FOR VALUES FROM (10) TO (20);
    INSERT INTO parts VALUES (1, 'low'), (11, 'high');
    CREATE TABLE base (a int); CREATE TABLE derived (b int) INHERITS (base);
    INSERT INTO base VALUES (1); INSERT INTO derived VALUES (2, 3);
    CREATE SCHEMA "Odd ""one";
    CREATE TABLE "Odd ""one"."select" ("from" int, "Größe." text);
    INSERT INTO "Odd ""one"."select" VALUES (1, '\.');
    CREATE UNLOGGED TABLE fast (x int); INSERT INTO fast VALUES (7);
    CREATE MATERIALIZED VIEW seen AS SELECT count(*) AS n FROM plain;
    CREATE TEMP TABLE passing (x int);
  )");
  CollectingSink sink;
  const Capture got = take(sink);
  EXPECT_EQ(sink.rows("public.plain"), (Lines{"1\ta", "2\t\\N", "3\ttab\\there"}));
  EXPECT_EQ(sink.rows("public.nothing"), (Lines{"", ""}));
  EXPECT_EQ(sink.rows("public.parts"), Lines{});
  EXPECT_EQ(sink.rows("public.parts_low"), Lines{"1\tlow"});
  EXPECT_EQ(sink.rows("public.parts_high"), Lines{"11\thigh"});
  EXPECT_EQ(sink.rows("public.base"), Lines{"1"});
  EXPECT_EQ(sink.rows("public.derived"), Lines{"2\t3"});
  EXPECT_EQ(sink.rows("\"Odd \"\"one\".\"select\""), Lines{"1\t\\\\."});
  EXPECT_EQ(sink.rows("public.fast"), Lines{"7"});
  EXPECT_EQ(sink.all().count("public.seen"), 0U);
  EXPECT_EQ(got.rows, 11U);
  EXPECT_TRUE(got.not_carried.empty());
}

TEST_F(CaptureTest, CutsALargeTableIntoRangesWithoutLosingARow) {
  execute(
      "CREATE TABLE big (id int, filler text) WITH (fillfactor = 10);"
      "INSERT INTO big SELECT n, repeat('x', 500) FROM generate_series(1, 14000) n");
  CollectingSink sink;
  const Capture got = take(sink);
  ASSERT_GT(got.catalogue.tables.at(0).blocks, 8192U);
  EXPECT_EQ(sink.rows("public.big").size(), 14000U);
  const Lines rows = sink.rows("public.big");
  EXPECT_TRUE(std::adjacent_find(rows.begin(), rows.end()) == rows.end());
}

TEST_F(CaptureTest, PrintsValuesTheSameWhateverTheDatabasesSettings) {
  execute(R"(
    CREATE TABLE v (f float8, n numeric, i interval, t timestamptz, b bytea, d date, r regclass);
    INSERT INTO v VALUES (0.1::float4, 'NaN', '1 day 2 hours', '2024-02-01 12:00+09', '\xff01',
                          'infinity', 'v'), ('-Infinity', 1.10, '-1 mon', '-infinity', '', NULL, NULL);
    ALTER DATABASE "PrintsValuesTheSameWhateverTheDatabasesSettings" SET datestyle = 'SQL, DMY';
    ALTER DATABASE "PrintsValuesTheSameWhateverTheDatabasesSettings" SET timezone = 'Asia/Tokyo';
    ALTER DATABASE "PrintsValuesTheSameWhateverTheDatabasesSettings" SET intervalstyle = 'iso_8601';
    ALTER DATABASE "PrintsValuesTheSameWhateverTheDatabasesSettings" SET bytea_output = 'escape';
    ALTER DATABASE "PrintsValuesTheSameWhateverTheDatabasesSettings" SET extra_float_digits = -5;
  )");
  CollectingSink sink;
  const Capture got = take(sink);
  EXPECT_EQ(sink.rows("public.v"),
            (Lines{"-Infinity\t1.10\t-1 mons\t-infinity\t\\\\x\t\\N\t\\N",
                   "0.10000000149011612\tNaN\t1 day 02:00:00\t2024-02-01 03:00:00+00\t\\\\xff01\t"
                   "infinity\tpublic.v"}));
  EXPECT_EQ(got.catalogue.database_settings.size(), 5U);
}

TEST_F(CaptureTest, CarriesLargeObjectsInPiecesOfOneMebibyte) {
  execute(
      "SELECT lo_from_bytea(20000, '\\x0102'); SELECT lo_create(20001);"
      "SELECT lo_from_bytea(20002, decode(repeat('ab', 1048577), 'hex'));"
      "COMMENT ON LARGE OBJECT 20000 IS 'a photo'");
  CollectingSink sink;
  const Capture got = take(sink);
  const Lines rows = sink.rows("large objects");
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0], "20000\t0\t\\\\x0102");
  EXPECT_EQ(rows[1], "20001\t0\t\\\\x");
  EXPECT_EQ(rows[2].size(), std::string("20002\t0\t\\\\x").size() + 2 * 1048576);
  EXPECT_EQ(rows[3], "20002\t1\t\\\\xab");
  ASSERT_EQ(got.catalogue.large_objects.size(), 3U);
  EXPECT_EQ(got.catalogue.large_objects[0].comment, "a photo");
  EXPECT_EQ(got.catalogue.large_objects[2].size_bytes, 1048577U);
}

TEST_F(CaptureTest, NamesWhatItCannotCarryAndCarriesTheRest) {
  execute(R"(
    CREATE ROLE plain_role LOGIN;
    CREATE TABLE mine (x int); INSERT INTO mine VALUES (1);
    ALTER TABLE mine OWNER TO plain_role;
    CREATE TABLE secret (x int); INSERT INTO secret VALUES (1);
    CREATE TABLE guarded (x int); INSERT INTO guarded VALUES (1);
    GRANT SELECT ON guarded TO plain_role; ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
    CREATE FOREIGN DATA WRAPPER elsewhere; CREATE SERVER far FOREIGN DATA WRAPPER elsewhere;
    CREATE FOREIGN TABLE legacy_fx (x int) SERVER far;
    CREATE INDEX broken ON mine (x);
    UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'broken'::regclass;
    SELECT lo_create(20000);
  )");
  CaptureRequest request;
  request.url = shared_server().url(name_, "plain_role");
  CollectingSink sink;
  const Capture got = take(request, sink);
  EXPECT_EQ(sink.rows("public.mine"), Lines{"1"});
  EXPECT_EQ(sink.all().count("public.secret"), 0U);
  EXPECT_EQ(got.schema.plain_sql.find("CREATE TABLE public.secret"), std::string::npos);
  EXPECT_NE(got.schema.plain_sql.find("CREATE TABLE public.guarded"), std::string::npos);
  for (const char* object : {"table public.secret", "rows of table public.guarded",
                             "foreign table public.legacy_fx", "large object 20000"}) {
    const NotCarried* named = find(got.not_carried, object);
    ASSERT_NE(named, nullptr) << object;
    EXPECT_EQ(named->severity, Severity::loss);
  }
  ASSERT_NE(find(got.not_carried, "index public.broken"), nullptr);
  EXPECT_EQ(find(got.not_carried, "index public.broken")->severity, Severity::harmless);
  EXPECT_EQ(got.not_carried.size(), 5U);
  execute("DROP OWNED BY plain_role; DROP ROLE plain_role");
}

TEST_F(CaptureTest, ReadsSequencesAndTheSchemaAtTheSnapshot) {
  execute(
      "CREATE SEQUENCE s INCREMENT 5; SELECT nextval('s'), nextval('s');"
      "CREATE TABLE t (id int PRIMARY KEY)");
  CollectingSink sink;
  const Capture got = take(sink);
  ASSERT_EQ(got.catalogue.sequences.size(), 1U);
  EXPECT_EQ(got.catalogue.sequences[0].last_value, 6);
  EXPECT_TRUE(got.catalogue.sequences[0].is_called);
  EXPECT_NE(got.schema.plain_sql.find("CREATE TABLE public.t"), std::string::npos);
  EXPECT_TRUE(got.schema.archive_version.starts_with("1.")) << got.schema.archive_version;
  EXPECT_FALSE(got.schema.pg_dump_version.empty());
  EXPECT_EQ(got.catalogue.tables.at(0).key, Lines{"id"});
  EXPECT_FALSE(got.snapshot_name.empty());
  EXPECT_FALSE(got.wal_position.empty());
  EXPECT_FALSE(got.identity.system_identifier.empty());
}

TEST_F(CaptureTest, LeavesOutExcludedTablesWithAllThatHangsOnThem) {
  execute("CREATE TABLE kept (x int); CREATE TABLE logs (id int PRIMARY KEY)");
  CaptureRequest request;
  request.url = url_;
  request.exclude_tables = {"public.logs"};
  CollectingSink sink;
  const Capture got = take(request, sink);
  ASSERT_EQ(got.catalogue.tables.size(), 1U);
  EXPECT_EQ(got.schema.plain_sql.find("logs"), std::string::npos);
  for (const SchemaItem& item : got.catalogue.items) {
    EXPECT_EQ(item.identity.find("logs"), std::string::npos) << item.identity;
  }
}

TEST_F(CaptureTest, CarriesConfigurationRowsOfAnExtensionByItsCondition) {
  // The extension is made by hand, as its script would: an extension's files belong to the server.
  execute(R"(
    CREATE TABLE settings (id int, own boolean);
    INSERT INTO settings VALUES (1, false), (2, true);
    CREATE TABLE internal (x int);
    ALTER EXTENSION plpgsql ADD TABLE settings; ALTER EXTENSION plpgsql ADD TABLE internal;
    UPDATE pg_extension SET extconfig = ARRAY['settings'::regclass::oid],
                            extcondition = ARRAY['WHERE own'];
  )");
  CollectingSink sink;
  const Capture got = take(sink);
  ASSERT_EQ(got.catalogue.tables.size(), 1U);
  EXPECT_TRUE(got.catalogue.tables[0].extension_member);
  EXPECT_EQ(sink.rows("public.settings"), Lines{"2\tt"});
  for (const SchemaItem& item : got.catalogue.items) EXPECT_NE(item.kind, "table");
}

TEST_F(CaptureTest, GivesTheRowsThatStreamingGivesOutOfACopy) {
  execute(
      "CREATE TABLE a (x int, d int GENERATED ALWAYS AS (x) STORED, t text);"
      "INSERT INTO a (x, t) SELECT n, repeat('y', n % 50) FROM generate_series(1, 5000) n;"
      "SELECT lo_from_bytea(20000, '\\x0102')");
  CollectingSink captured;
  const Capture got = take(captured);
  execute(
      "CREATE TABLE b AS SELECT x, t FROM a ORDER BY random(); TRUNCATE a;"
      "INSERT INTO a (x, t) SELECT x, t FROM b");
  CollectingSink streamed;
  SilentObserver observer;
  stream_rows(url_, got.catalogue, {0}, true, 3, streamed, observer, {});
  for (const auto& [table, lines] : captured.all()) {
    EXPECT_EQ(streamed.rows(table), captured.rows(table)) << table;
  }
  EXPECT_EQ(streamed.all().size(), 2U);
}

TEST_F(CaptureTest, OfAnEmptyDatabaseIsEmpty) {
  CollectingSink sink;
  const Capture got = take(sink);
  EXPECT_TRUE(sink.all().empty());
  EXPECT_TRUE(got.catalogue.tables.empty());
  EXPECT_FALSE(got.schema.archive.empty());
}

}  // namespace
}  // namespace lifeboat::postgres
