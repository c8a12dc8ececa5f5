#include <gmock/gmock.h>

#include "integration/restore/broken_off_restore.h"
#include "restore/restore.h"
#include "vault/history.h"

namespace lifeboat::restore {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::HasSubstr;

class ResumedRestore : public BrokenOffRestore {
 protected:
  static std::string value(const std::string& sql) { return server().value("target", sql); }
};

TEST_F(ResumedRestore, TellsAgainWhatTheFirstRunHadLost) {
  server().drop_database("shop");
  server().execute("postgres", "DROP ROLE clerk");
  break_off();
  // Nothing is tried again: were the role there now, its policy would still have to be named.
  server().execute("postgres", "CREATE ROLE clerk");
  const os::Outcome second = restore();
  EXPECT_EQ(second.status.code, 3) << second.err;
  EXPECT_THAT(std::string(as_text(second.out)),
              AllOf(HasSubstr("POLICY public.orders mine"), HasSubstr("rows of public.homely"),
                    HasSubstr("\\\"clerk\\\" does not exist")));
  EXPECT_EQ(value("SELECT count(*) FROM orders"), "4000");
  EXPECT_EQ(value("SELECT count(*) FROM homely"), "0");
  EXPECT_EQ(value("SELECT ispopulated FROM pg_matviews"), "t");
  EXPECT_EQ(value("SELECT to_regnamespace('lifeboat_restore')"), "");
}

TEST_F(ResumedRestore, IsRefusedWithOtherOptionsAndStillGoesOnWithItsOwn) {
  break_off();
  const os::Outcome other = restore({"--schema-only"});
  EXPECT_EQ(other.status.code, 15) << other.err;
  EXPECT_THAT(other.err, AllOf(HasSubstr("begun with other options"), HasSubstr("hint")));
  EXPECT_EQ(value("SELECT count(*) FROM orders"), "4000");
  EXPECT_EQ(restore().status.code, 3) << "homely's rows";
}

TEST_F(ResumedRestore, WaitsForAnotherAtWorkAndThenSaysSo) {
  pq::Connection other(server().url("target"), {});
  other.execute("SELECT pg_advisory_lock(7811887614280032628)");
  const vault::Vault reader = vault_.open_as(vault::Role::identity);
  const Request request{
      .source = {}, .url = server().url("target"), .wait_for_others = milliseconds(250)};
  SilentObserver observer;
  const auto begun = std::chrono::steady_clock::now();
  try {
    static_cast<void>(
        restore_postgres(reader, vault::resolve_snapshot(reader, "latest"), request, observer, {}));
    FAIL() << "two restores at once";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::busy) << error.message();
    EXPECT_THAT(error.message(), HasSubstr("another restore is at work"));
    EXPECT_FALSE(error.hint().empty());
  }
  EXPECT_GE(std::chrono::steady_clock::now() - begun, request.wait_for_others);
  EXPECT_EQ(value("SELECT to_regnamespace('lifeboat_restore')"), "") << "it was touched";
  other.execute("SELECT pg_advisory_unlock(7811887614280032628)");
  EXPECT_EQ(restore().status.code, 3) << "homely's rows";
}

TEST_F(ResumedRestore, StopsAtOnceWhenAskedWhileItWaits) {
  pq::Connection other(server().url("target"), {});
  other.execute("SELECT pg_advisory_lock(7811887614280032628)");
  os::Subprocess run(restore_command(), {});
  await(
      "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = 'target'"
      " AND query LIKE '%pg_try_advisory_lock%'");
  run.signal(SIGINT);
  EXPECT_EQ(run.wait().code, 5);
}

TEST_F(ResumedRestore, LeavesADatabaseThatNoSnapshotTakesForWhole) {
  break_off();
  const os::Outcome taken = run_on_target("snapshot", vault::Role::writer, {"--postgres=env:URL"});
  EXPECT_EQ(taken.status.code, 15) << taken.err;
  EXPECT_THAT(taken.err, AllOf(HasSubstr("the database is incomplete"),
                               HasSubstr(vault_.history().snapshots.front().id().hex()),
                               HasSubstr("hint: end that restore")));
  EXPECT_EQ(vault_.history().snapshots.size(), 1U);
}

TEST_F(ResumedRestore, LeavesADatabaseThatNoProofTakesForScratch) {
  break_off();
  const os::Outcome proof =
      run_on_target("verify", vault::Role::identity, {"latest", "--scratch=env:URL"});
  EXPECT_EQ(proof.status.code, 15) << proof.err;
  EXPECT_THAT(proof.err, HasSubstr("an unfinished restore of snapshot " +
                                   vault_.history().snapshots.front().id().hex()));
  EXPECT_EQ(value("SELECT count(*) FROM orders"), "4000");
  EXPECT_NE(value("SELECT to_regnamespace('lifeboat_restore')"), "");
}

TEST_F(ResumedRestore, IsSeenByASnapshotThatHadWaitedForALock) {
  server().execute("target", "CREATE TABLE live (n int)");
  pq::Connection migration(server().url("target"), {});
  migration.execute("BEGIN; LOCK TABLE live IN ACCESS EXCLUSIVE MODE");
  os::Command command = vault_.tool("snapshot", vault::Role::writer, {"--postgres=env:URL"});
  command.environment["URL"] = server().url("target").reveal();
  os::Subprocess run(command, {});
  await(
      "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = 'target'"
      " AND wait_event_type = 'Lock'");
  server().execute("target",
                   "CREATE SCHEMA lifeboat_restore; CREATE TABLE lifeboat_restore.progress ("
                   "snapshot_id text, started_at timestamptz, state text, plan text)");
  migration.execute("COMMIT");
  EXPECT_EQ(run.wait().code, 15);
}

TEST_F(ResumedRestore, IsNotMistakenForAUsersOwnSchema) {
  server().execute("target",
                   "CREATE SCHEMA lifeboat_restore; CREATE TABLE lifeboat_restore.progress (n int);"
                   "CREATE TABLE live (n int)");
  const os::Outcome taken =
      run_on_target("snapshot", vault::Role::writer, {"--postgres=env:URL", "--json"});
  EXPECT_EQ(taken.status.code, 3) << taken.err;
  EXPECT_THAT(std::string(as_text(taken.out)),
              AllOf(HasSubstr("schema lifeboat_restore"), HasSubstr("rename the schema")));
}

}  // namespace
}  // namespace lifeboat::restore
