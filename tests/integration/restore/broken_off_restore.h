#ifndef LIFEBOAT_TESTS_INTEGRATION_RESTORE_BROKEN_OFF_RESTORE_H_
#define LIFEBOAT_TESTS_INTEGRATION_RESTORE_BROKEN_OFF_RESTORE_H_

#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "harness/disk_vault.h"
#include "harness/postgres_server.h"
#include "pq/connection.h"

namespace lifeboat::restore {

/// A vault with a snapshot of a shop, and a target in which a restore of it can be held at one
/// point: its last materialized view waits for an advisory lock. What the target refuses is told
/// before that point.
class BrokenOffRestore : public testing::Test {
 protected:
  static constexpr const char* kShop = R"(
    CREATE ROLE clerk;
    CREATE TABLE orders (id int PRIMARY KEY, note text);
    INSERT INTO orders SELECT n, md5(n::text) FROM generate_series(1, 4000) n;
    ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
    CREATE POLICY mine ON orders TO clerk USING (true);
    CREATE FUNCTION at_home(n int) RETURNS boolean LANGUAGE sql
      AS 'SELECT pg_catalog.current_database() = ''shop'' OR n < 0';
    CREATE TABLE homely (n int CHECK (public.at_home(n)));
    INSERT INTO homely VALUES (1), (2);
    CREATE MATERIALIZED VIEW waits AS SELECT count(*) FROM pg_advisory_xact_lock(7);
  )";

  void SetUp() override {
    const Secret shop = server().create_database("shop");
    server().execute("shop", kShop);
    vault_.take(shop);
    server().create_database("target");
  }
  void TearDown() override {
    server().drop_database("shop");
    server().drop_database("target");
    server().execute("postgres", "DROP ROLE IF EXISTS clerk");
  }

  static harness::PostgresServer& server() { return harness::shared_server(); }

  [[nodiscard]] os::Command restore_command(std::vector<std::string> more = {}) const {
    std::vector<std::string> words = {"latest", "--postgres=env:URL", "--json", "--quiet"};
    words.insert(words.end(), more.begin(), more.end());
    os::Command command = vault_.tool("restore", vault::Role::identity, std::move(words));
    command.environment["URL"] = server().url("target").reveal();
    return command;
  }
  [[nodiscard]] os::Outcome restore(std::vector<std::string> more = {}) const {
    return os::run(restore_command(std::move(more)), {}, {});
  }
  /// Another tool on the target, named by the environment variable URL.
  [[nodiscard]] os::Outcome run_on_target(const std::string& tool, vault::Role role,
                                          std::vector<std::string> words) const {
    os::Command command = vault_.tool(tool, role, std::move(words));
    command.environment["URL"] = server().url("target").reveal();
    return os::run(command, {}, {});
  }

  static void await(const std::string& condition) {
    for (int tries = 0; server().value("postgres", condition) != "t"; ++tries) {
      ASSERT_LT(tries, 3000) << "it never came so far: " << condition;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }

  /// The target holds all but the last materialized view afterwards, and nobody is at work in it.
  void break_off() const {
    pq::Connection holder(server().url("target"), {});
    holder.execute("SELECT pg_advisory_lock(7)");
    os::Subprocess run(restore_command(), {});
    await(std::string("SELECT count(*) > 0 ") + kWaiting);
    run.signal(SIGKILL);
    ASSERT_EQ(run.wait().signal, SIGKILL);
    server().execute("postgres", std::string("SELECT pg_terminate_backend(pid) ") + kSessions);
    await(std::string("SELECT count(*) = 0 ") + kSessions);
  }

  static constexpr const char* kSessions =
      "FROM pg_stat_activity WHERE datname = 'target' AND application_name = 'lifeboat' "
      "AND query NOT LIKE '%pg_advisory_lock(7)%'";
  static constexpr const char* kWaiting =
      "FROM pg_stat_activity WHERE datname = 'target' AND query LIKE '%REFRESH%' "
      "AND wait_event_type = 'Lock'";

  harness::DiskVault vault_;
};

}  // namespace lifeboat::restore

#endif  // LIFEBOAT_TESTS_INTEGRATION_RESTORE_BROKEN_OFF_RESTORE_H_
