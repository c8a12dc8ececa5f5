#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/disk_vault.h"
#include "harness/postgres_server.h"
#include "postgres/load.h"

namespace lifeboat::restore {
namespace {

using harness::shared_server;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kShop = R"(
CREATE SCHEMA sales;
CREATE TYPE sales.state AS ENUM ('open', 'paid');
CREATE FUNCTION sales.tax(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 0.2';
CREATE TABLE sales.customers (id int PRIMARY KEY, mail text UNIQUE);
INSERT INTO sales.customers SELECT n, 'c' || n FROM generate_series(1, 30) n;
CREATE TABLE sales.orders (id serial PRIMARY KEY, customer int REFERENCES sales.customers,
  state sales.state DEFAULT 'open', total numeric, tax numeric GENERATED ALWAYS AS (sales.tax(total)) STORED);
INSERT INTO sales.orders (customer, total) SELECT 1 + n % 30, n FROM generate_series(1, 500) n;
CREATE INDEX orders_customer ON sales.orders (customer);
COMMENT ON TABLE sales.orders IS 'what was bought';
CREATE TABLE fired (what text);
CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql
  AS 'BEGIN INSERT INTO public.fired VALUES (TG_TABLE_NAME); RETURN NEW; END';
CREATE TRIGGER fire AFTER INSERT ON sales.orders FOR EACH ROW EXECUTE FUNCTION fire();
ALTER TABLE sales.orders ENABLE ALWAYS TRIGGER fire;
CREATE VIEW sales.open AS SELECT * FROM sales.orders WHERE state = 'open';
CREATE MATERIALIZED VIEW sums AS SELECT customer, sum(total) AS total FROM sales.orders GROUP BY 1;
CREATE TABLE events (id int, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE events_a PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE events_b PARTITION OF events FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
INSERT INTO events SELECT n, '2026-01-01'::date + n % 50 FROM generate_series(1, 200) n;
CREATE TABLE things (id int GENERATED ALWAYS AS IDENTITY, name text);
CREATE TABLE cars (wheels int) INHERITS (things);
INSERT INTO things (name) VALUES ('a thing');
INSERT INTO cars (id, name, wheels) VALUES (2, 'a car', 4);
CREATE SEQUENCE alone START 7;
CREATE PUBLICATION news FOR TABLE sales.orders;
SELECT lo_from_bytea(4711, 'a picture');
)";

class PartOfASnapshot : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    vault_ = std::make_unique<harness::DiskVault>();
    const Secret shop = shared_server().create_database("shop");
    shared_server().execute("shop", kShop);
    vault_->take(shop);
  }
  static void TearDownTestSuite() {
    shared_server().drop_database("shop");
    vault_.reset();
  }
  void SetUp() override { shared_server().create_database("target"); }
  void TearDown() override { shared_server().drop_database("target"); }

  struct Outcome {
    int code = 0;
    std::string out;
    std::string err;
    [[nodiscard]] nlohmann::json document() const { return nlohmann::json::parse(out); }
  };
  static Outcome restore(std::vector<std::string> more) {
    std::vector<std::string> words = {"latest", "--postgres=env:URL", "--json", "--quiet"};
    words.insert(words.end(), more.begin(), more.end());
    os::Command command = vault_->tool("restore", vault::Role::identity, std::move(words));
    command.environment["URL"] = shared_server().url("target").reveal();
    const os::Outcome outcome = os::run(command, {}, {});
    return {outcome.status.code, std::string(as_text(outcome.out)), outcome.err};
  }
  static void expect_done(const Outcome& outcome) {
    EXPECT_EQ(outcome.code, 0) << outcome.err << outcome.out;
  }

  static std::string value(const std::string& sql) { return shared_server().value("target", sql); }
  /// The tables, views and sequences there, one string.
  static std::string relations() {
    return value(
        "SELECT coalesce(string_agg(n.nspname || '.' || relname, ' ' ORDER BY n.nspname, relname),"
        " '') FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN "
        "('r', 'p', 'v', 'm', 'S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'");
  }
  static std::string snapshot_of(const std::string& table) {
    return shared_server().value(
        "shop", "SELECT md5(string_agg(t::text, ';' ORDER BY t::text)) FROM " + table + " t");
  }
  static void expect_equal(const std::string& table) {
    EXPECT_EQ(value("SELECT md5(string_agg(t::text, ';' ORDER BY t::text)) FROM " + table + " t"),
              snapshot_of(table));
  }

  static inline std::unique_ptr<harness::DiskVault> vault_;
};

TEST_F(PartOfASnapshot, IsATableWithWhatIsOnItAndWhatItNeeds) {
  const Outcome outcome = restore({"--table=sales.orders"});
  expect_done(outcome);
  EXPECT_EQ(relations(), "sales.orders sales.orders_id_seq");
  expect_equal("sales.orders");
  EXPECT_EQ(value("SELECT last_value FROM sales.orders_id_seq"), "500");
  EXPECT_EQ(value("SELECT count(*) FROM pg_index WHERE indrelid = 'sales.orders'::regclass"), "2");
  EXPECT_EQ(value("SELECT obj_description('sales.orders'::regclass)"), "what was bought");
  EXPECT_EQ(value("SELECT tgenabled FROM pg_trigger WHERE tgname = 'fire'"), "A");
  EXPECT_THAT(outcome.out, HasSubstr("FK CONSTRAINT sales.orders orders_customer_fkey"));
  EXPECT_THAT(outcome.out, HasSubstr("it needs table sales.customers, which was not chosen"));
  EXPECT_EQ(outcome.document()["tables"], 1);
  EXPECT_EQ(outcome.document()["rows"], 500);
}

TEST_F(PartOfASnapshot, KeepsAForeignKeyBetweenChosenTables) {
  expect_done(restore({"--table=orders", "--table=customers"}));
  expect_equal("sales.orders");
  expect_equal("sales.customers");
  EXPECT_EQ(value("SELECT convalidated FROM pg_constraint WHERE contype = 'f'"), "t");
}

TEST_F(PartOfASnapshot, IsEverythingInASchema) {
  const Outcome outcome = restore({"--schema=sales"});
  expect_done(outcome);
  EXPECT_EQ(relations(), "sales.customers sales.open sales.orders sales.orders_id_seq");
  EXPECT_EQ(value("SELECT count(*) FROM sales.open"), "500");
  EXPECT_THAT(outcome.out, HasSubstr("large objects"));
}

TEST_F(PartOfASnapshot, IsEverythingButATableAndWhatNeedsIt) {
  const Outcome outcome = restore({"--exclude-table=sales.orders"});
  expect_done(outcome);
  EXPECT_EQ(relations(),
            "public.alone public.cars public.events public.events_a public.events_b public.fired "
            "public.things public.things_id_seq sales.customers");
  EXPECT_THAT(outcome.out, HasSubstr("VIEW sales.open"));
  EXPECT_THAT(outcome.out, HasSubstr("MATERIALIZED VIEW public.sums"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("orders_customer\"")));
  EXPECT_EQ(value("SELECT count(*) FROM pg_largeobject_metadata"), "1");
  expect_equal("events");
}

TEST_F(PartOfASnapshot, TakesPartitionsWithTheirTable) {
  expect_done(restore({"--table=events"}));
  EXPECT_EQ(relations(), "public.events public.events_a public.events_b");
  expect_equal("events");
  shared_server().create_database("target");
  const Outcome one = restore({"--table=events_b"});
  expect_done(one);
  EXPECT_EQ(relations(), "public.events_b");
  EXPECT_THAT(one.out, HasSubstr("public.events, which was not chosen"));
  shared_server().create_database("target");
  expect_done(restore({"--table=events", "--exclude-table=events_a"}));
  EXPECT_EQ(relations(), "public.events public.events_b");
  expect_equal("events_b");
}

TEST_F(PartOfASnapshot, MakesAParentEmptyAndSaysSo) {
  const Outcome outcome = restore({"--table=cars"});
  expect_done(outcome);
  EXPECT_EQ(value("SELECT count(*) || ' ' || (SELECT count(*) FROM ONLY things) FROM cars"), "1 0");
  EXPECT_THAT(outcome.out, HasSubstr("rows of table public.things"));
}

TEST_F(PartOfASnapshot, RefusesNamesThatMeanNothingAndViewsOfWhatWasNotChosen) {
  const Outcome typo = restore({"--table=sales.ordrs"});
  EXPECT_EQ(typo.code, 2);
  EXPECT_THAT(typo.err, HasSubstr("did you mean sales.orders?"));
  const Outcome view = restore({"--table=sums"});
  EXPECT_EQ(view.code, 2);
  EXPECT_THAT(view.err, HasSubstr("add --table sales.orders"));
  EXPECT_EQ(relations(), "");
  expect_done(restore({"--table=sums", "--table=orders"}));
  EXPECT_EQ(value("SELECT sum(total) FROM sums"), "125250");
}

TEST_F(PartOfASnapshot, StandsInAnEmptyDatabaseOnly) {
  expect_done(restore({"--table=fired"}));
  EXPECT_EQ(restore({"--table=events"}).code, 15);
  shared_server().create_database("target");
  shared_server().execute("target", "CREATE TABLE parts (d date) PARTITION BY RANGE (d)");
  EXPECT_EQ(restore({"--table=events"}).code, 15) << "a partitioned table is one, too";
}

TEST_F(PartOfASnapshot, MayBeDefinitionsAlone) {
  expect_done(restore({"--table=orders", "--schema-only"}));
  EXPECT_EQ(value("SELECT count(*) FROM sales.orders"), "0");
}

class RowsAlone : public PartOfASnapshot {
 protected:
  void SetUp() override {
    PartOfASnapshot::SetUp();
    ASSERT_EQ(restore({"--schema-only"}).code, 0);
  }
};

TEST_F(RowsAlone, FillTheTablesThatAreThere) {
  const Outcome outcome = restore({"--data-only", "--exclude-table=fired"});
  expect_done(outcome);
  for (const char* table : {"sales.orders", "sales.customers", "events", "things", "cars"}) {
    expect_equal(table);
  }
  EXPECT_EQ(value("SELECT count(*) FROM fired"), "0") << "a trigger has fired";
  EXPECT_EQ(value("SELECT tgenabled FROM pg_trigger WHERE tgname = 'fire'"), "A");
  EXPECT_EQ(value("SELECT last_value FROM sales.orders_id_seq"), "500");
}

TEST_F(RowsAlone, NameWhatTheyLeaveOut) {
  const Outcome outcome = restore({"--data-only"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("1 large objects"));
  EXPECT_THAT(outcome.out, HasSubstr("REFRESH MATERIALIZED VIEW public.sums"));
}

TEST_F(RowsAlone, ChangeNothingWhereATableHoldsRows) {
  shared_server().execute("target", "INSERT INTO sales.customers VALUES (1000, 'new')");
  const Outcome outcome = restore({"--data-only", "--schema=sales"});
  EXPECT_EQ(outcome.code, 15);
  EXPECT_THAT(outcome.err, HasSubstr("tables of the target hold rows: sales.customers"));
  EXPECT_THAT(outcome.err, HasSubstr("nothing in the target has changed"));
  EXPECT_EQ(value("SELECT count(*) FROM sales.orders"), "0");
  expect_done(restore({"--data-only", "--table=events"}));
}

TEST_F(RowsAlone, ChangeNothingWhereColumnsDiffer) {
  shared_server().execute("target",
                          "ALTER TABLE sales.customers DROP mail;"
                          "ALTER TABLE cars ALTER wheels TYPE text; DROP TABLE events_a");
  const Outcome outcome = restore({"--data-only"});
  EXPECT_EQ(outcome.code, 15);
  EXPECT_THAT(outcome.err, HasSubstr("column sales.customers.mail is not there"));
  EXPECT_THAT(outcome.err, HasSubstr("column public.cars.wheels is text, in the snapshot integer"));
  EXPECT_THAT(outcome.err, HasSubstr("public.events_a is not there"));
}

TEST_F(RowsAlone, AreAllUndoneWhereAConstraintRefusesThem) {
  shared_server().execute("target", "ALTER TABLE sales.orders ADD CHECK (total < 400)");
  const Outcome outcome = restore({"--data-only", "--schema=sales"});
  EXPECT_EQ(outcome.code, 15);
  EXPECT_THAT(outcome.err, HasSubstr("refuses rows of sales.orders"));
  EXPECT_EQ(value("SELECT count(*) FROM sales.customers"), "0");
  shared_server().execute("target", "ALTER TABLE sales.orders DROP CONSTRAINT orders_total_check");
  const Outcome keyless = restore({"--data-only", "--table=orders"});
  EXPECT_EQ(keyless.code, 15);
  EXPECT_THAT(keyless.err, HasSubstr("foreign key"));
}

TEST_F(RowsAlone, RaiseNoSequenceWhereADeferredConstraintRefusesThem) {
  shared_server().execute("target",
                          "ALTER TABLE sales.orders ALTER CONSTRAINT orders_customer_fkey"
                          " DEFERRABLE INITIALLY DEFERRED");
  const Outcome outcome = restore({"--data-only", "--table=orders"});
  EXPECT_EQ(outcome.code, 15);
  EXPECT_THAT(outcome.err, HasSubstr("the target refuses the rows"));
  EXPECT_EQ(value("SELECT last_value || ' ' || is_called FROM sales.orders_id_seq"), "1 false");
  expect_done(restore({"--data-only", "--schema=sales"}));
  EXPECT_EQ(value("SELECT tgenabled FROM pg_trigger WHERE tgname = 'fire'"), "A");
}

TEST_F(RowsAlone, AreRefusedByACircleOfForeignKeysUnlessItCanBeDeferred) {
  shared_server().execute("target",
                          "ALTER TABLE sales.customers ADD CONSTRAINT round FOREIGN KEY (id)"
                          " REFERENCES sales.orders");
  const Outcome outcome = restore({"--data-only", "--schema=sales"});
  EXPECT_EQ(outcome.code, 15);
  EXPECT_THAT(outcome.err, HasSubstr("go round in a circle"));
  shared_server().execute("target",
                          "ALTER TABLE sales.customers ALTER CONSTRAINT round DEFERRABLE");
  expect_done(restore({"--data-only", "--schema=sales"}));
  expect_equal("sales.orders");
}

}  // namespace
}  // namespace lifeboat::restore
