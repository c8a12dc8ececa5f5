#include <gmock/gmock.h>

#include "integration/restore/shop_target.h"
#include "verify/verify.h"

namespace lifeboat::restore {
namespace {

using testing::HasSubstr;
using testing::Not;

class ScarceConnections : public ShopTarget {
 protected:
  static void limit_role(int connections) {
    server().execute("postgres",
                     "ALTER ROLE tenant CONNECTION LIMIT " + std::to_string(connections));
  }
  static void limit_database(int connections) {
    server().execute("postgres",
                     "ALTER DATABASE target CONNECTION LIMIT " + std::to_string(connections));
  }
  /// The server gives a place free a moment after the client has gone.
  static void await_free_places() {
    for (int tries = 0; server().value("postgres",
                                       "SELECT count(*) FROM pg_stat_activity WHERE usename = "
                                       "'tenant'") != "0";
         ++tries) {
      ASSERT_LT(tries, 1000);
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
};

TEST_F(ScarceConnections, OfTheRoleLeaveTheWorkToThoseThatStand) {
  await_free_places();
  limit_role(2);
  expect_whole(restore(target(), 4));
  EXPECT_THAT(said_.text(), HasSubstr("fewer connections than --jobs says"));
}

TEST_F(ScarceConnections, OfTheDatabaseLeaveTheWorkToThoseThatStand) {
  await_free_places();
  limit_database(3);
  expect_whole(restore(target(), 4));
  EXPECT_THAT(said_.text(), HasSubstr("fewer connections than --jobs says"));
}

TEST_F(ScarceConnections, SufficientOnesAreNotComplainedOf) {
  await_free_places();
  limit_role(5);
  expect_whole(restore(target(), 4));
  EXPECT_THAT(said_.text(), Not(HasSubstr("fewer connections")));
}

TEST_F(ScarceConnections, TooFewAreAnErrorThatSaysSoBeforeAnythingIsTouched) {
  await_free_places();
  limit_role(1);
  try {
    static_cast<void>(restore(target()));
    FAIL() << "restored over one connection";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unavailable);
    EXPECT_THAT(error.message(), HasSubstr("too many connections for role"));
    EXPECT_THAT(error.hint(), HasSubstr("raise the connection limit"));
  }
  EXPECT_EQ(postgres::inspect_target(server().url("target")).user_objects, 0U);
  EXPECT_EQ(value("SELECT to_regnamespace('lifeboat_restore')"), "");
}

TEST_F(ScarceConnections, DoNotKeepARefusedRowFromBeingNamed) {
  server().execute("shop",
                   "CREATE FUNCTION at_home(n int) RETURNS boolean LANGUAGE sql"
                   "  AS 'SELECT pg_catalog.current_database() = ''shop''';"
                   "ALTER FUNCTION at_home(int) OWNER TO tenant;"
                   "CREATE TABLE homely (n int CHECK (public.at_home(n)));"
                   "ALTER TABLE homely OWNER TO tenant; INSERT INTO homely VALUES (1)");
  vault_.take(server().url("shop"));
  await_free_places();
  limit_role(2);  // the connection that a refused COPY spoiled must go before another can come
  const Report report = restore(target(), 4);
  EXPECT_TRUE(report.lost_anything());
  EXPECT_EQ(value("SELECT count(*) FROM orders"), "8000");
  EXPECT_EQ(value("SELECT to_regnamespace('lifeboat_restore')"), "");
}

TEST_F(ScarceConnections, SufficeForAProofInAGivenScratch) {
  await_free_places();
  limit_role(4);
  const vault::Vault reader = vault_.open_as(vault::Role::identity);
  verify::Request request;
  request.scratch_url = target();
  request.adopt_scratch = true;
  request.jobs = 4;
  const verify::Report report = verify::verify(reader, vault::resolve_snapshot(reader, "latest"),
                                               request, SystemClock(), said_, {});
  EXPECT_EQ(report.verdict, vault::Verdict::proven);
}

}  // namespace
}  // namespace lifeboat::restore
