#include <gmock/gmock.h>

#include <array>

#include "integration/restore/shop_target.h"

namespace lifeboat::restore {
namespace {

/// Each of these breaks a restore that does not set it for itself, or changes what rows mean. A
/// time is long enough for the first statement of a session, and too short for a view of the shop.
constexpr std::array kSettings = {
    "statement_timeout = '800ms'",
    "lock_timeout = '800ms'",
    "idle_in_transaction_session_timeout = '800ms'",
    "idle_session_timeout = '800ms'",
    "default_transaction_read_only = on",
    "default_transaction_isolation = 'serializable'",
    "row_security = on",
    "check_function_bodies = on",
    "standard_conforming_strings = off",
    "client_encoding = 'LATIN1'",
    "DateStyle = 'SQL, DMY'",
    "IntervalStyle = 'sql_standard'",
    "TimeZone = 'Asia/Tokyo'",
    "bytea_output = 'escape'",
    "search_path = 'nowhere'",
    "array_nulls = off",
    "client_min_messages = debug5",
};

class TargetSettings : public ShopTarget {
 protected:
  static std::string given_by(const std::string& whom) {
    std::string sql;
    for (const char* setting : kSettings) sql += "ALTER " + whom + " SET " + setting + ";";
    return sql;
  }
  void add_slow_view() {
    server().execute("shop",
                     "SET ROLE tenant;"
                     "CREATE MATERIALIZED VIEW slow AS SELECT 1 AS n FROM pg_sleep(1.2)");
    vault_.take(server().url("shop", "tenant"));
    expected_ = contents("shop");
  }
  /// A dump shows a database's settings, but not a role's.
  static void take_back() { server().execute("postgres", "ALTER DATABASE target RESET ALL"); }
};

TEST_F(TargetSettings, OfTheRoleDoNotReachTheRestore) {
  add_slow_view();
  server().execute("postgres", given_by("ROLE tenant"));
  expect_whole(restore(target()));
}

TEST_F(TargetSettings, OfTheDatabaseDoNotReachTheRestore) {
  add_slow_view();
  server().execute("postgres", given_by("DATABASE target"));
  const Report report = restore(target());
  take_back();
  expect_whole(report);
}

TEST_F(TargetSettings, OfTheRoleDoNotReachTablesBesideLiveData) {
  server().execute("postgres", given_by("ROLE tenant"));
  const vault::Vault reader = vault_.open_as(vault::Role::identity);
  const Request request{.source = {},
                        .url = target(),
                        .choice = {.tables = {"customers"}},
                        .into_schema = "restored"};
  EXPECT_FALSE(
      restore_postgres(reader, vault::resolve_snapshot(reader, "latest"), request, said_, {})
          .lost_anything());
  EXPECT_EQ(value("SELECT count(*) FROM restored.customers"), "2000");
}

}  // namespace
}  // namespace lifeboat::restore
