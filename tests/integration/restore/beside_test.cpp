#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <iostream>

#include "harness/disk_vault.h"
#include "harness/postgres_server.h"
#include "restore/restore.h"

namespace lifeboat::restore {
namespace {

using harness::shared_server;
using std::chrono::milliseconds;
using testing::AllOf;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;

constexpr const char* kShop = R"(
CREATE TYPE state AS ENUM ('open', 'paid');
CREATE DOMAIN euro AS numeric(12,2) CHECK (VALUE >= 0);
CREATE TABLE customers (id int PRIMARY KEY, email text NOT NULL, "Odd name" text,
  CONSTRAINT one_mail UNIQUE (email) DEFERRABLE INITIALLY DEFERRED);
INSERT INTO customers SELECT n, 'c' || n || '@example.org', E'a\tb\\' || n
  FROM generate_series(1, 500) n;
CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer int NOT NULL REFERENCES customers, state state NOT NULL DEFAULT 'open', total euro,
  gross numeric GENERATED ALWAYS AS (total * 1.19) STORED, at timestamptz(3), tags text[]);
INSERT INTO orders (customer, state, total, at, tags)
  SELECT 1 + n % 500, CASE WHEN n % 3 = 0 THEN 'paid' ELSE 'open' END::state, n / 100.0,
         '2026-01-01'::timestamptz + n * interval '1 minute', ARRAY['t' || n, NULL]
  FROM generate_series(1, 20000) n;
CREATE UNIQUE INDEX orders_first ON orders (customer, at) WHERE state = 'open';
CREATE INDEX orders_total ON orders (total);
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER orders_stamp BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE TABLE events (id int, day date NOT NULL, note text, PRIMARY KEY (id, day))
  PARTITION BY RANGE (day);
CREATE TABLE events_may PARTITION OF events FOR VALUES FROM ('2026-05-01') TO ('2026-06-01');
CREATE TABLE events_june (note text, id int NOT NULL, day date NOT NULL);
ALTER TABLE events ATTACH PARTITION events_june FOR VALUES FROM ('2026-06-01') TO ('2026-07-01');
INSERT INTO events SELECT n, '2026-05-01'::date + n % 60, 'note ' || n FROM generate_series(1, 900) n;
CREATE MATERIALIZED VIEW sums AS SELECT customer, sum(total) FROM orders GROUP BY customer;
CREATE SCHEMA archive;
CREATE TABLE archive.orders (id int);
)";

/// A vault with one snapshot of a shop, whose database goes on living.
class Beside : public testing::Test {
 protected:
  void SetUp() override {
    shop_ = shared_server().create_database("shop");
    shared_server().execute("shop", kShop);
    vault_.take(shop_);
  }
  void TearDown() override {
    shared_server().drop_database("shop");
    shared_server().drop_database("other");
  }

  Report restore(postgres::TableChoice choice, const std::string& schema = "restored") {
    Request request{
        .source = {}, .url = shop_, .jobs = 2, .choice = std::move(choice), .into_schema = schema};
    SilentObserver observer;
    const vault::Vault reader = vault_.open_as(vault::Role::identity);
    return restore_postgres(reader, vault::resolve_snapshot(reader, "latest"), request, observer,
                            {});
  }

  static std::string value(const std::string& sql, const std::string& database = "shop") {
    return shared_server().value(database, sql);
  }

  /// The expected failure; the target must be as it was.
  void expect_refused(const postgres::TableChoice& choice, ErrorKind kind, const std::string& words,
                      const std::string& hint, const std::string& schema = "restored") {
    const std::string before = everything();
    try {
      static_cast<void>(restore(choice, schema));
      FAIL() << "it was restored";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), kind) << error.message();
      EXPECT_THAT(error.message(), HasSubstr(words));
      EXPECT_THAT(error.hint(), HasSubstr(hint));
    }
    EXPECT_EQ(everything(), before);
  }

  /// Every relation of a user's, with the file that holds its rows.
  static std::string everything() {
    return value(
        "SELECT string_agg(c.oid || c.relname || c.relfilenode, ',' ORDER BY c.oid) FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname !~ '^(pg_|information)'");
  }

  harness::DiskVault vault_;
  Secret shop_;
};

TEST_F(Beside, BringsBackOneTableWithItsKeysAndNothingElse) {
  shared_server().execute("shop", "DELETE FROM orders WHERE id > 100; UPDATE orders SET total = 0");
  const Report report = restore({.tables = {"public.orders"}});
  EXPECT_EQ(report.load.rows, 20000U);
  EXPECT_EQ(report.tables, 1U);
  EXPECT_EQ(report.load.constraints, 1U);
  EXPECT_EQ(report.load.indexes, 2U);
  EXPECT_FALSE(report.lost_anything());
  EXPECT_THAT(report.load.not_restored,
              Contains(Field(&NotCarried::object, HasSubstr("public.orders.gross"))));
  EXPECT_EQ(value("SELECT count(*) || ' ' || sum(total) || ' ' || max(at) FROM restored.orders"),
            "20000 2000100.00 2026-01-14 21:20:00+00");
  EXPECT_EQ(value("SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod) ||"
                  " CASE WHEN attnotnull THEN '!' ELSE '' END, ', ' ORDER BY attnum)"
                  " FROM pg_attribute WHERE attrelid = 'restored.orders'::regclass AND attnum > 0"),
            "id bigint!, customer integer!, state state!, total euro,"
            " at timestamp(3) with time zone, tags text[]");
  EXPECT_EQ(value("SELECT string_agg(indexrelid::regclass || ' ' || indisunique, ', ' ORDER BY "
                  "indexrelid::regclass::text)"
                  " FROM pg_index WHERE indrelid = 'restored.orders'::regclass"),
            "restored.orders_first true, restored.orders_pkey true");
  EXPECT_EQ(value("SELECT count(*) FROM pg_trigger WHERE tgrelid = 'restored.orders'::regclass"),
            "0");
  EXPECT_EQ(value("SELECT count(*) FROM orders"), "100") << "the live table was touched";
}

TEST_F(Beside, MakesOnePlainTableOfAPartitionedOne) {
  const Report report = restore({.tables = {"events"}});
  EXPECT_EQ(report.tables, 1U);
  EXPECT_EQ(value("SELECT relkind::text || ' ' || (SELECT count(*) FROM restored.events)"
                  " FROM pg_class WHERE oid = 'restored.events'::regclass"),
            "r 900");
  EXPECT_EQ(value("SELECT count(*) FROM (TABLE events EXCEPT TABLE restored.events) d"), "0");
  const Report leaf = restore({.tables = {"events_june"}});
  EXPECT_EQ(leaf.load.rows, std::stoull(value("SELECT count(*) FROM events_june")));
}

TEST_F(Beside, BringsBackAWholeSchemaButNotWhatWasExcluded) {
  const Report report = restore({.schemas = {"public"}, .excluded = {"customers"}});
  EXPECT_EQ(report.tables, 2U);
  EXPECT_EQ(value("SELECT string_agg(relname, ', ' ORDER BY relname) FROM pg_class"
                  " WHERE relnamespace = 'restored'::regnamespace AND relkind = 'r'"),
            "events, orders");
}

TEST_F(Beside, KeepsADeferredConstraintAndOddNames) {
  const Report report = restore({.tables = {"customers"}});
  EXPECT_EQ(report.load.constraints, 2U);
  EXPECT_EQ(value("SELECT condeferred FROM pg_constraint WHERE conname = 'one_mail'"
                  " AND connamespace = 'restored'::regnamespace"),
            "t");
  EXPECT_EQ(value("SELECT count(*) FROM (TABLE customers EXCEPT TABLE restored.customers) d"), "0");
}

TEST_F(Beside, MakesTextOfATypeThatTheTargetLacksAndNamesIt) {
  shop_ = shared_server().create_database("other");
  const Report report = restore({.tables = {"public.orders"}});
  EXPECT_THAT(report.load.not_restored,
              Contains(AllOf(Field(&NotCarried::object, HasSubstr("unique index orders_first")),
                             Field(&NotCarried::reason, HasSubstr("public.state")),
                             Field(&NotCarried::severity, Severity::loss))));
  EXPECT_THAT(report.load.not_restored,
              Contains(AllOf(Field(&NotCarried::object, HasSubstr("type public.state of column")),
                             Field(&NotCarried::reason, HasSubstr("not on the target")))));
  EXPECT_EQ(value("SELECT count(*) || ' ' || pg_typeof(min(state)) || ' ' || pg_typeof(min(total))"
                  " FROM restored.orders",
                  "other"),
            "20000 text text");
}

TEST_F(Beside, MakesTextOfATypeWhoseValuesChanged) {
  shared_server().execute("shop",
                          "ALTER TYPE state RENAME VALUE 'paid' TO 'settled';"
                          "UPDATE orders SET state = 'open'");
  const Report report = restore({.tables = {"public.orders"}});
  EXPECT_EQ(report.load.rows, 20000U);
  EXPECT_THAT(report.load.not_restored,
              Contains(AllOf(Field(&NotCarried::object, HasSubstr("public.state")),
                             Field(&NotCarried::reason, HasSubstr("refuses the rows")))));
  EXPECT_EQ(value("SELECT count(*) FROM restored.orders WHERE state = 'paid'"), "6666");
}

TEST_F(Beside, TouchesNothingIfANameIsTaken) {
  static_cast<void>(restore({.tables = {"customers"}}));
  shared_server().execute("shop", "DELETE FROM restored.customers WHERE id > 1");
  expect_refused({.tables = {"customers"}}, ErrorKind::refused, "already holds: customers",
                 "name another schema");
  expect_refused({.schemas = {"public"}}, ErrorKind::refused, "already holds: customers",
                 "name another schema");
  EXPECT_EQ(value("SELECT count(*) FROM restored.customers"), "1");
  EXPECT_EQ(restore({.tables = {"events"}}).tables, 1U) << "a free name beside it is good";
}

TEST_F(Beside, RefusesNamesThatMeanNothing) {
  expect_refused({.tables = {"order"}}, ErrorKind::usage, "holds no table order",
                 "did you mean orders?");
  expect_refused({.tables = {"public.custmers"}}, ErrorKind::usage, "holds no table",
                 "public.customers");
  expect_refused({.schemas = {"nowhere"}}, ErrorKind::usage, "schema nowhere", "archive, public");
  expect_refused({.tables = {"events"}, .excluded = {"evnts"}}, ErrorKind::usage, "evnts",
                 "events");
  expect_refused({.tables = {"sums"}}, ErrorKind::usage, "materialized view", "that it reads");
  expect_refused({.tables = {"orders"}}, ErrorKind::usage, "several schemas", "one schema a call");
  for (const char* schema : {"", "pg_toast", "information_schema", "lifeboat_restore"}) {
    expect_refused({.tables = {"events"}}, ErrorKind::usage, "cannot be restored into schema",
                   "a schema of your own", schema);
  }
}

TEST_F(Beside, SaysThatTheRoleMayNotCreateSchemas) {
  shared_server().execute("shop", "DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN");
  shop_ = shared_server().url("shop", "guest");
  expect_refused({.tables = {"events"}}, ErrorKind::denied, "create schema restored",
                 "GRANT CREATE ON DATABASE");
  shared_server().execute("shop", "DROP ROLE guest");
}

TEST_F(Beside, HasAllOrNothingAfterAKillAtAnyMoment) {
  const auto start = [&] {
    os::Command command = vault_.tool("restore", vault::Role::identity,
                                      {"latest", "--postgres=env:SHOP_URL", "--schema=public",
                                       "--into-schema=restored", "--quiet"});
    command.environment["SHOP_URL"] = shop_.reveal();
    os::Subprocess::Streams streams;
    streams.out = os::UniqueFd(open("/dev/null", O_WRONLY | O_CLOEXEC));
    return os::Subprocess(command, std::move(streams));
  };
  const auto begun = std::chrono::steady_clock::now();
  ASSERT_TRUE(start().wait().ok());
  const auto whole =
      std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begun);
  const std::string rows =
      "SELECT (SELECT count(*) FROM restored.orders) || ' ' || (SELECT count(*) FROM "
      "restored.customers) || ' ' || (SELECT count(*) FROM restored.events)";
  const std::string undisturbed = value(rows);
  EXPECT_EQ(undisturbed, "20000 500 900");
  const int moments = harness::long_run() ? 60 : 12;
  int kills = 0;
  for (int i = 0; i < moments && !HasFailure(); ++i) {
    shared_server().execute("shop", "DROP SCHEMA IF EXISTS restored CASCADE");
    os::Subprocess run = start();
    if (!run.wait_for(whole * i / moments)) {
      run.signal(SIGKILL);
      kills += run.wait().signal == SIGKILL ? 1 : 0;
    }
    if (value("SELECT to_regnamespace('restored') IS NULL") == "t") {
      ASSERT_TRUE(start().wait().ok());
    }
    EXPECT_EQ(value(rows), undisturbed);
    EXPECT_EQ(value("SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
                    " WHERE c.relnamespace = 'restored'::regnamespace"),
              "5");
  }
  std::cout << kills << " kills in " << moments << " runs of " << whole.count() << " ms\n";
  EXPECT_GT(kills, moments / 3);
}

}  // namespace
}  // namespace lifeboat::restore
