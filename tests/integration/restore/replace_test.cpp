#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "harness/disk_vault.h"
#include "harness/postgres_server.h"
#include "postgres/load.h"

namespace lifeboat::restore {
namespace {

using harness::shared_server;
using std::chrono::milliseconds;
using testing::HasSubstr;

class Replace : public testing::Test {
 protected:
  void SetUp() override {
    const Secret shop = shared_server().create_database("shop");
    shared_server().execute(
        "shop",
        "CREATE SCHEMA sales; CREATE TABLE sales.orders (id int PRIMARY KEY);"
        "INSERT INTO sales.orders SELECT generate_series(1, 5000);"
        "CREATE TABLE notes AS SELECT n, md5(n::text) FROM generate_series(1, 5000) n");
    vault_.take(shop);
    fill_target();
  }
  void TearDown() override {
    shared_server().drop_database("shop");
    shared_server().drop_database("target");
    shared_server().execute("postgres", "DROP ROLE IF EXISTS stranger; DROP ROLE IF EXISTS plain");
  }

  static void fill_target() {
    shared_server().create_database("target");
    shared_server().execute("target",
                            "CREATE SCHEMA old; CREATE TYPE old.kind AS ENUM ('a');"
                            "CREATE TABLE old.precious (kind old.kind);"
                            "CREATE TABLE parts (d date PRIMARY KEY) PARTITION BY RANGE (d);"
                            "CREATE TABLE notes (other int); SELECT lo_create(4711)");
  }

  [[nodiscard]] os::Command command(std::vector<std::string> more) const {
    std::vector<std::string> words = {"latest", "--postgres=env:URL", "--json"};
    words.insert(words.end(), more.begin(), more.end());
    os::Command command = vault_.tool("restore", vault::Role::identity, std::move(words));
    command.environment["URL"] = target_.reveal();
    return command;
  }
  [[nodiscard]] os::Outcome restore(std::vector<std::string> more) const {
    return os::run(command(std::move(more)), {}, {});
  }

  static std::string value(const std::string& sql) { return shared_server().value("target", sql); }
  static void expect_untouched() {
    EXPECT_EQ(value("SELECT to_regclass('old.precious') IS NOT NULL AND to_regtype('old.kind') IS "
                    "NOT NULL AND to_regnamespace('lifeboat_restore') IS NULL"),
              "t");
  }
  static void expect_replaced() {
    EXPECT_EQ(value("SELECT count(*) FROM sales.orders"), "5000");
    EXPECT_EQ(value("SELECT count(md5) FROM notes"), "5000");
    EXPECT_EQ(value("SELECT coalesce(to_regnamespace('old'), to_regnamespace('lifeboat_restore'))"),
              "");
    EXPECT_EQ(value("SELECT to_regclass('parts')"), "");
    EXPECT_EQ(value("SELECT count(*) FROM pg_largeobject_metadata"), "0");
  }

  harness::DiskVault vault_;
  Secret target_ = shared_server().url("target");
};

TEST_F(Replace, EmptiesTheTargetWhoseNameWasTyped) {
  const os::Outcome outcome = restore({"--replace=target"});
  EXPECT_EQ(outcome.status.code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("dropped what the target held"));
  expect_replaced();
}

TEST_F(Replace, TouchesNothingUnderAnotherNameOrWithoutOne) {
  const os::Outcome wrong = restore({"--replace=shop"});
  EXPECT_EQ(wrong.status.code, 15);
  EXPECT_THAT(wrong.err, HasSubstr("type its name"));
  EXPECT_EQ(restore({}).status.code, 15);
  EXPECT_EQ(restore({"--replace=target", "--data-only"}).status.code, 2);
  expect_untouched();
}

TEST_F(Replace, NeverEmptiesTheDatabaseThatWasCaptured) {
  target_ = shared_server().url("shop");
  const os::Outcome outcome = restore({"--replace=shop"});
  EXPECT_EQ(outcome.status.code, 15);
  EXPECT_EQ(shared_server().value("shop", "SELECT count(*) FROM sales.orders"), "5000");
}

TEST_F(Replace, TouchesNothingWhereSomethingIsAnotherRoles) {
  shared_server().execute(
      "target",
      "CREATE ROLE plain LOGIN; CREATE ROLE stranger;"
      "ALTER DATABASE target OWNER TO plain; GRANT ALL ON SCHEMA old TO stranger;"
      "ALTER TABLE old.precious OWNER TO stranger");
  target_ = shared_server().url("target", "plain");
  const os::Outcome outcome = restore({"--replace=target"});
  EXPECT_EQ(outcome.status.code, 15);
  EXPECT_THAT(outcome.err, HasSubstr("old.precious"));
  expect_untouched();
  shared_server().drop_database("target");
}

TEST_F(Replace, GoesOnAfterAKillAtAnyMoment) {
  const auto begun = std::chrono::steady_clock::now();
  ASSERT_EQ(restore({"--replace=target"}).status.code, 0);
  const auto whole =
      std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begun);
  const int moments = harness::long_run() ? 40 : 8;
  int kills = 0;
  int marked = 0;
  for (int i = 0; i < moments && !HasFailure(); ++i) {
    fill_target();
    os::Subprocess::Streams streams;
    streams.out = os::UniqueFd(open("/dev/null", O_WRONLY | O_CLOEXEC));
    streams.err = os::UniqueFd(open("/dev/null", O_WRONLY | O_CLOEXEC));
    os::Subprocess run(command({"--replace=target"}), std::move(streams));
    if (!run.wait_for(whole * i / moments)) {
      run.signal(SIGKILL);
      kills += run.wait().signal == SIGKILL ? 1 : 0;
    }
    const auto state = postgres::inspect_target(shared_server().url("target"));
    if (!state.unfinished_snapshot.empty()) {
      ++marked;
      EXPECT_EQ(restore({}).status.code, 15) << "the name has to be typed again";
    } else if (value("SELECT to_regclass('old.precious') IS NULL") == "t") {
      expect_replaced();
      continue;
    }
    ASSERT_EQ(restore({"--replace=target"}).status.code, 0);
    expect_replaced();
  }
  std::cout << kills << " kills, " << marked << " found it incomplete; one run takes "
            << whole.count() << " ms\n";
  EXPECT_GT(kills, 0);
}

TEST_F(Replace, IsPlannedWithoutTouchingAnything) {
  EXPECT_EQ(restore({"--plan"}).status.code, 15) << "as the restore would be refused";
  const os::Outcome outcome = restore({"--plan", "--replace=target"});
  ASSERT_EQ(outcome.status.code, 0) << outcome.err;
  const auto plan = nlohmann::json::parse(as_text(outcome.out));
  EXPECT_EQ(plan["rows"], 10000);
  EXPECT_EQ(plan["tables"], 2);
  EXPECT_EQ(plan["target_tables"], 3);
  EXPECT_TRUE(plan["estimate_ms"].is_null());
  expect_untouched();
  os::Command verify = vault_.tool("verify", vault::Role::identity, {"latest", "--quiet"});
  ASSERT_EQ(os::run(verify, {}, {}).status.code, 0);
  const auto known = nlohmann::json::parse(as_text(restore({"--plan", "--replace=target"}).out));
  EXPECT_EQ(known["past"]["rows"], 10000);
  EXPECT_EQ(known["estimate_ms"], known["past"]["restore_ms"]);
  const auto half =
      nlohmann::json::parse(as_text(restore({"--plan", "--replace=target", "--table=notes"}).out));
  EXPECT_EQ(half["rows"], 5000);
  EXPECT_EQ(half["estimate_ms"].get<int>(), known["past"]["restore_ms"].get<int>() / 2);
}

}  // namespace
}  // namespace lifeboat::restore
