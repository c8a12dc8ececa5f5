#include "postgres/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "os/subprocess.h"
#include "postgres/archive.h"
#include "postgres/archive_check.h"
#include "pq/connection.h"
#include "snapshot_fixture.h"

namespace lifeboat::postgres {
namespace {

using testing::Contains;
using testing::HasSubstr;

std::string rich_schema() {
  std::ifstream file(LIFEBOAT_TEST_RICH_SCHEMA);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string describe(const std::vector<NotCarried>& items) {
  std::string text;
  for (const NotCarried& item : items) {
    text += (item.severity == Severity::loss ? "loss: " : "harmless: ") + item.object + ": " +
            item.reason + "\n";
  }
  return text;
}

bool any_loss(const std::vector<NotCarried>& items) {
  return std::any_of(items.begin(), items.end(),
                     [](const NotCarried& item) { return item.severity == Severity::loss; });
}

/// Counts and sums of everything with rows, in one text.
std::string rows_of(const harness::PostgresServer& server, const std::string& database) {
  return server.value(database, R"(
    SELECT string_agg(t, E'\n' ORDER BY t) FROM (
      SELECT format('%s %s', c.oid::regclass,
        (xpath('/row/s/text()', query_to_xml(format(
          'SELECT count(*) || '' '' || coalesce(sum(hashtext(t::text)::bigint), 0) AS s FROM ONLY %s t',
          c.oid::regclass), false, true, '')))[1]) AS t
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema') s)");
}

/// The server with the rich source database, made once.
class Load : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    server().create_database("shop");
    server().execute("shop", rich_schema());
    snapshot_ = std::make_unique<MemorySnapshot>(take_snapshot(server(), "shop"));
  }
  static void TearDownTestSuite() { snapshot_.reset(); }

  static harness::PostgresServer& server() { return harness::shared_server(); }
  static const MemorySnapshot& snapshot() { return *snapshot_; }

  static LoadReport load_into(const std::string& database, Observer& observer,
                              const MemorySnapshot& from, int jobs = 3) {
    MemoryLoadSource source(from);
    return load({.url = server().url(database),
                 .jobs = jobs,
                 .snapshot_id = "7f3a91c2",
                 .source = from.identity},
                from.catalogue, from.archive, source, observer, {});
  }

 private:
  static std::unique_ptr<MemorySnapshot> snapshot_;
};
std::unique_ptr<MemorySnapshot> Load::snapshot_;

TEST_F(Load, RestoresEverythingOfARichDatabase) {
  server().create_database("whole");
  harness::Warnings observer;
  const LoadReport report = load_into("whole", observer, snapshot());
  EXPECT_FALSE(any_loss(report.not_restored)) << describe(report.not_restored);
  EXPECT_EQ(schema_of(server(), "whole"), schema_of(server(), "shop"));
  EXPECT_EQ(rows_of(server(), "whole"), rows_of(server(), "shop"));
  EXPECT_THAT(observer.all(), testing::IsEmpty());
  EXPECT_GT(report.rows, 4000U);
  EXPECT_GT(report.indexes, 10U);
  EXPECT_GT(report.constraints, 10U);
  EXPECT_EQ(report.phases.size(), 7U);
  EXPECT_EQ(server().value("whole", "SELECT count(*) FROM pg_index WHERE NOT indisvalid"), "0");
}

TEST_F(Load, RestoresTheShop) {
  const Secret url = server().create_database("demo");
  const os::Outcome filled =
      os::run({.program = server().binaries() / "psql",
               .arguments = {"-X", "-q", "-v", "scale=2", "-f", LIFEBOAT_TEST_SHOP},
               .environment = pq::environment_of(url)},
              {}, {});
  ASSERT_TRUE(filled.status.ok()) << filled.err;
  server().create_database("demo_again");
  harness::Warnings observer;
  const LoadReport report = load_into("demo_again", observer, take_snapshot(server(), "demo"));
  EXPECT_FALSE(any_loss(report.not_restored)) << describe(report.not_restored);
  EXPECT_EQ(schema_of(server(), "demo_again"), schema_of(server(), "demo"));
  EXPECT_EQ(rows_of(server(), "demo_again"), rows_of(server(), "demo"));
  EXPECT_THAT(observer.all(), testing::IsEmpty());
}

TEST_F(Load, LeavesNotValidConstraintsNotValidAndValidatesAllOthers) {
  server().create_database("validity");
  SilentObserver observer;
  static_cast<void>(load_into("validity", observer, snapshot()));
  const std::string not_valid =
      "SELECT string_agg(conname, ' ' ORDER BY conname) FROM pg_constraint WHERE NOT convalidated";
  EXPECT_EQ(server().value("validity", not_valid), "below_limit old_ones");
}

TEST_F(Load, FillsMaterializedViewsInTheOrderTheyNeed) {
  server().create_database("views");
  SilentObserver observer;
  static_cast<void>(load_into("views", observer, snapshot()));
  for (const char* view : {"per_customer", "a_summary", "z_last", "aa_first"}) {
    const std::string sum = std::string("SELECT sum(total) FROM app.") + view;
    EXPECT_EQ(server().value("views", sum), server().value("shop", sum)) << view;
  }
  EXPECT_EQ(server().value("views",
                           "SELECT relispopulated FROM pg_class WHERE oid = 'app.empty'::regclass"),
            "f");
}

TEST_F(Load, RestoresLargeObjectsWithOwnerCommentAndGrants) {
  server().create_database("objects");
  SilentObserver observer;
  static_cast<void>(load_into("objects", observer, snapshot()));
  const std::string all =
      "SELECT string_agg(concat_ws(' ', oid, pg_get_userbyid(lomowner), lomacl, md5(lo_get(oid)), "
      "obj_description(oid, 'pg_largeobject')), ';' ORDER BY oid) FROM pg_largeobject_metadata";
  EXPECT_EQ(server().value("objects", all), server().value("shop", all));
}

TEST_F(Load, SetsSequencesWhereTheyStood) {
  server().create_database("sequences");
  SilentObserver observer;
  static_cast<void>(load_into("sequences", observer, snapshot()));
  EXPECT_EQ(server().value("sequences", "SELECT nextval('app.numbers')"), "25");
  EXPECT_EQ(server().value("sequences", "SELECT nextval('app.customers_id_seq')"), "401");
}

TEST_F(Load, RemovesItsMarkInSpiteOfRestoredEventTriggers) {
  server().create_database("unmarked");
  SilentObserver observer;
  static_cast<void>(load_into("unmarked", observer, snapshot()));
  EXPECT_EQ(inspect_target(server().url("unmarked")).unfinished_snapshot, "");
  EXPECT_EQ(server().value("unmarked", "SELECT count(*) FROM pg_event_trigger"), "2");
}

TEST_F(Load, RefusesATargetThatIsNotEmpty) {
  server().create_database("full");
  server().execute("full", "CREATE TABLE mine (x integer)");
  SilentObserver observer;
  try {
    static_cast<void>(load_into("full", observer, snapshot()));
    FAIL() << "it was not refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::refused);
    EXPECT_THAT(error.message(), HasSubstr("1 object (tables: 1)"));
    EXPECT_NE(error.hint(), "");
  }
  EXPECT_EQ(server().value("full", "SELECT count(*) FROM pg_namespace WHERE nspname ~ 'lifeboat'"),
            "0");
}

TEST_F(Load, RefusesTheSourceEvenIfItIsEmpty) {
  server().create_database("empty_source");
  const MemorySnapshot empty = take_snapshot(server(), "empty_source");
  SilentObserver observer;
  try {
    static_cast<void>(load_into("empty_source", observer, empty));
    FAIL() << "it was not refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::refused);
    EXPECT_THAT(error.message(), HasSubstr("captured from"));
  }
}

TEST_F(Load, NamesRowsThatTheTargetRefusesAndRestoresTheRest) {
  server().create_database("bad_rows");
  MemorySnapshot damaged = snapshot();
  for (std::size_t t = 0; t < damaged.catalogue.tables.size(); ++t) {
    if (damaged.catalogue.tables[t].name == "bookings") {
      append(damaged.ranges[t][0], as_bytes("not a number\t[,)\n"));
    }
  }
  SilentObserver observer;
  const LoadReport report = load_into("bad_rows", observer, damaged);
  EXPECT_THAT(report.not_restored,
              Contains(testing::AllOf(testing::Field(&NotCarried::object, "rows of app.bookings"),
                                      testing::Field(&NotCarried::severity, Severity::loss),
                                      testing::Field(&NotCarried::reason, HasSubstr("22P02")))));
  EXPECT_EQ(server().value("bad_rows", "SELECT count(*) FROM app.orders"), "3000");
}

TEST_F(Load, NamesAForeignKeyThatTheRowsDoNotSatisfyAndLeavesItNotValid) {
  server().create_database("orphans");
  MemorySnapshot damaged = snapshot();
  for (std::size_t t = 0; t < damaged.catalogue.tables.size(); ++t) {
    if (damaged.catalogue.tables[t].name == "customers") damaged.ranges[t].resize(1);
  }
  SilentObserver observer;
  const LoadReport report = load_into("orphans", observer, damaged);
  EXPECT_THAT(describe(report.not_restored), HasSubstr("left NOT VALID"));
  EXPECT_TRUE(any_loss(report.not_restored));
}

TEST_F(Load, StopsAtRowsThatAreNotWhatWasCaptured) {
  server().create_database("corrupt");
  MemoryLoadSource source(snapshot(), [](std::size_t, std::size_t range) {
    if (range == 2) throw Error(ErrorKind::corrupt, "the range is not what was captured");
  });
  SilentObserver observer;
  try {
    static_cast<void>(load({.url = server().url("corrupt"), .jobs = 3, .snapshot_id = "7f3a91c2"},
                           snapshot().catalogue, snapshot().archive, source, observer, {}));
    FAIL() << "it was not noticed";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::corrupt);
    EXPECT_THAT(error.kept(), HasSubstr("lifeboat_restore"));
  }
  EXPECT_EQ(inspect_target(server().url("corrupt")).unfinished_snapshot, "7f3a91c2");
}

TEST_F(Load, StopsOnRequestAndLeavesItsMark) {
  server().create_database("stopped");
  std::stop_source stop;
  MemoryLoadSource source(snapshot(), [&](std::size_t, std::size_t) { stop.request_stop(); });
  SilentObserver observer;
  try {
    static_cast<void>(load({.url = server().url("stopped"), .jobs = 2, .snapshot_id = "7f3a91c2"},
                           snapshot().catalogue, snapshot().archive, source, observer,
                           stop.get_token()));
    FAIL() << "it was not stopped";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::cancelled);
  }
  EXPECT_EQ(inspect_target(server().url("stopped")).unfinished_snapshot, "7f3a91c2");
}

/// A process that begins a restore and is killed when the first range is asked for.
pid_t begin_restore_in_another_process(const Secret& url, const MemorySnapshot& snapshot,
                                       int ready_fd) {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  MemoryLoadSource source(snapshot, [&](std::size_t, std::size_t) {
    static_cast<void>(!write(ready_fd, "1", 1));
    while (true) pause();
  });
  SilentObserver observer;
  static_cast<void>(load({.url = url, .jobs = 2, .snapshot_id = "7f3a91c2"}, snapshot.catalogue,
                         snapshot.archive, source, observer, {}));
  _exit(1);
}

TEST_F(Load, ShowsARestoreThatWasKilledAndRefusesToBuildAnotherOnIt) {
  server().create_database("killed");
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child =
      begin_restore_in_another_process(server().url("killed"), snapshot(), ready[1]);
  close(ready[1]);
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  close(ready[0]);
  ASSERT_EQ(kill(child, SIGKILL), 0);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);

  EXPECT_EQ(inspect_target(server().url("killed")).unfinished_snapshot, "7f3a91c2");
  EXPECT_EQ(server().value("killed", "SELECT state FROM lifeboat_restore.progress"),
            "rows and indexes");
  SilentObserver observer;
  try {
    MemoryLoadSource source(snapshot());
    static_cast<void>(load({.url = server().url("killed"), .snapshot_id = "another"},
                           snapshot().catalogue, snapshot().archive, source, observer, {}));
    FAIL() << "it was not refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::refused);
    EXPECT_THAT(error.message(), HasSubstr("unfinished restore of snapshot 7f3a91c2"));
    EXPECT_THAT(error.hint(), HasSubstr("drop and create the database"));
  }
  const LoadReport report = load_into("killed", observer, snapshot());
  EXPECT_GT(report.steps_done_before, 10U);
  EXPECT_EQ(schema_of(server(), "killed"), schema_of(server(), "shop"));
  EXPECT_EQ(rows_of(server(), "killed"), rows_of(server(), "shop"));
}

TEST_F(Load, CarriesSettingsOfTheDatabaseAndOfRolesInIt) {
  server().create_database("settings");
  server().execute("settings",
                   "ALTER DATABASE settings SET search_path = \"$user\", app, \"Odd;name\";"
                   "ALTER DATABASE settings SET \"app.greeting\" = 'it''s';"
                   "ALTER ROLE reader IN DATABASE settings SET work_mem = '8MB'");
  const MemorySnapshot from = take_snapshot(server(), "settings");
  server().create_database("settings_target");
  SilentObserver observer;
  const LoadReport report = load_into("settings_target", observer, from);
  EXPECT_FALSE(any_loss(report.not_restored)) << describe(report.not_restored);
  EXPECT_EQ(server().value("settings_target", "SHOW search_path"), "\"$user\", app, \"Odd;name\"");
  EXPECT_EQ(server().value("settings_target", "SHOW app.greeting"), "it's");
}

TEST_F(Load, TellsWhenAnItemNeededTheSourcesSearchPath) {
  server().create_database("path_source");
  server().execute("path_source", R"(
    CREATE FUNCTION public.inner_f(x integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT x + 1';
    CREATE FUNCTION public.outer_f(x integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE
      AS 'BEGIN RETURN inner_f(x); END';
    CREATE TABLE public.t (x integer, y integer GENERATED ALWAYS AS (public.outer_f(x)) STORED);
    INSERT INTO public.t SELECT generate_series(1, 10);
    CREATE INDEX needs_path ON public.t ((public.outer_f(x)));
    CREATE MATERIALIZED VIEW public.m AS SELECT public.outer_f(x) FROM public.t;)");
  server().create_database("path_target");
  harness::Warnings observer;
  const LoadReport report =
      load_into("path_target", observer, take_snapshot(server(), "path_source"));
  EXPECT_FALSE(any_loss(report.not_restored)) << describe(report.not_restored);
  EXPECT_THAT(observer.all(), Contains("INDEX public.needs_path needed search_path public"));
  EXPECT_THAT(observer.all(), Contains("rows of public.t needed search_path public"));
  EXPECT_EQ(server().value("path_target", "SELECT sum(y) FROM public.t"), "65");
}

TEST_F(Load, CountsALostPolicyAndMentionsGrantsWhereARoleIsMissing) {
  harness::PostgresServer other;
  other.create_database("elsewhere");
  SilentObserver observer;
  MemoryLoadSource source(snapshot());
  const LoadReport report = load(
      {.url = other.url("elsewhere"), .jobs = 2, .snapshot_id = "x", .source = snapshot().identity},
      snapshot().catalogue, snapshot().archive, source, observer, {});
  std::vector<std::string> lost;
  for (const NotCarried& item : report.not_restored) {
    if (item.severity == Severity::loss) lost.push_back(item.object);
  }
  EXPECT_THAT(lost, testing::ElementsAre("POLICY app.orders only_auditor"))
      << describe(report.not_restored);
  EXPECT_THAT(describe(report.not_restored), HasSubstr("harmless: 2 owners: role keeper is not"));
  EXPECT_EQ(rows_of(other, "elsewhere"), rows_of(server(), "shop"));
}

TEST_F(Load, CreatesTheRolesOfAThrowawayCluster) {
  harness::PostgresServer other;
  other.create_database("with_roles");
  SilentObserver observer;
  MemoryLoadSource source(snapshot());
  const LoadReport report = load({.url = other.url("with_roles"),
                                  .roles = RoleMode::create_nologin,
                                  .tuned_scratch = true,
                                  .snapshot_id = "x"},
                                 snapshot().catalogue, snapshot().archive, source, observer, {});
  EXPECT_FALSE(any_loss(report.not_restored)) << describe(report.not_restored);
  EXPECT_EQ(schema_of(other, "with_roles"), schema_of(server(), "shop"));
}

TEST_F(Load, ReadsTheArchiveAsPgRestoreDoes) {
  const Archive archive = read_archive(snapshot().archive);
  EXPECT_EQ(check_archive(archive, snapshot().archive, {}), ArchiveCheck::agrees);
}

}  // namespace
}  // namespace lifeboat::postgres
