#include "drill/standing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lifeboat::drill {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

Instant at(const char* text) { return parse_instant(text).value(); }

Result run(const char* finished, Verdict verdict) {
  Result result;
  result.drill = "weekly";
  result.finished = at(finished);
  result.verdict = verdict;
  return result;
}

TEST(DrillStanding, IsOfTheLastRunAndOfWhatWasMeasuredLast) {
  Result passed = run("2026-11-09", Verdict::passed);
  passed.measured = {.rta = 20min, .rpa = 4h, .bytes_per_second = 100};
  Result errored = run("2026-11-16", Verdict::errored);
  errored.objectives = {1h, 24h};
  errored.phases = {{"restore", "a", 0s, 2s}, {"restore", "b", 2s, 3s}, {"clean", "", 5s, 1s}};
  errored.assertions = {{.name = "x", .result = AssertionResult::pass},
                        {.name = "y", .result = AssertionResult::error},
                        {.name = "z", .result = AssertionResult::pass}};
  errored.leaks = {{"throwaway Postgres", "/tmp/x"}};
  const Result missed = run("2026-11-23", Verdict::missed);
  const auto middle = standing_of({passed, errored}, at("2027-03-14"));
  EXPECT_EQ(middle.name, "weekly");
  EXPECT_EQ(middle.verdict, "errored");
  EXPECT_EQ(middle.rta, 20min);
  EXPECT_EQ(middle.rpa, 4h);
  EXPECT_EQ(middle.rto, 1h);
  EXPECT_EQ(middle.restore_bytes_per_second, 100);
  EXPECT_EQ(middle.leaked, 1U);
  EXPECT_EQ(middle.last_pass, at("2026-11-09"));
  EXPECT_EQ(middle.last_run, at("2026-11-16"));
  EXPECT_EQ(middle.rto_breach_forecast, at("2027-03-14"));
  EXPECT_THAT(middle.phases, UnorderedElementsAre(Pair("restore", 5s), Pair("clean", 1s)));
  EXPECT_THAT(middle.assertions, UnorderedElementsAre(Pair("pass", 2U), Pair("error", 1U)));
  const auto last = standing_of({passed, errored, missed}, {});
  EXPECT_EQ(last.verdict, "missed");
  EXPECT_EQ(last.last_run, at("2026-11-16")) << "a missed drill did not run";
  EXPECT_EQ(last.leaked, 1U) << "it is still there";
  EXPECT_EQ(last.rto, 1h);
  EXPECT_THAT(last.runs,
              UnorderedElementsAre(Pair("passed", 1U), Pair("errored", 1U), Pair("missed", 1U)));
}

TEST(DrillStanding, OfNoRunsIsEmpty) {
  EXPECT_THAT(notify::samples_of({.app = "shop", .drills = {standing_of({}, {})}}), IsEmpty());
}

vault::SnapshotRecord snapshot_of(const char* day, bool complete,
                                  std::vector<vault::SourceSummary> sources) {
  vault::SnapshotRecord record;
  record.link.started = at(day);
  record.link.finished = at(day) + 3min;
  record.complete = complete;
  record.body.emplace();
  record.body->stored_bytes = 77;
  for (auto& source : sources) source.at = at(day) + 1min;
  record.body->sources = std::move(sources);
  return record;
}

vault::SourceSummary source_named(const char* name, std::uint64_t rows) {
  vault::SourceSummary source;
  source.name = name;
  source.guarantee = "exact";
  source.rows = rows;
  source.read_bytes = 10 * rows;
  return source;
}

TEST(SourceStandings, AreOfTheNewestCompleteSnapshotOfEachSource) {
  vault::History history;
  history.snapshots = {
      snapshot_of("2026-11-23", false, {source_named("db", 9)}),
      snapshot_of("2026-11-22", true, {source_named("db", 5)}),
      snapshot_of("2026-11-21", true, {source_named("db", 4), source_named("q", 1)})};
  vault::Attestation proof;
  proof.verdict = vault::Verdict::proven;
  proof.link.finished = at("2026-11-22T12:00:00Z");
  proof.sources = {{"db", vault::Verdict::proven, 1, 5}, {"q", vault::Verdict::not_proven, 0, 0}};
  history.attestations = {proof};
  const auto standings = source_standings(history);
  ASSERT_EQ(standings.size(), 2U);
  const auto& db = standings[0];
  EXPECT_EQ(db.name, "db");
  EXPECT_EQ(db.snapshots, 3U);
  EXPECT_EQ(db.last_success, at("2026-11-22") + 3min);
  EXPECT_EQ(db.recovery_point, at("2026-11-22") + 1min);
  EXPECT_EQ(db.oldest_snapshot, at("2026-11-21") + 1min);
  EXPECT_EQ(db.duration, 3min);
  EXPECT_EQ(db.rows, 5U);
  EXPECT_EQ(db.source_bytes, 50U);
  EXPECT_EQ(db.new_bytes, 77U);
  EXPECT_EQ(db.last_verified, at("2026-11-22T12:00:00Z"));
  EXPECT_EQ(standings[1].name, "q");
  EXPECT_EQ(standings[1].last_verified, std::nullopt);
  EXPECT_EQ(standings[1].new_bytes, std::nullopt);
}

TEST(SourceStandings, LeaveOutWhatHoldsNoDataOrIsSealed) {
  vault::History history;
  auto cache = source_named("pages", 1);
  cache.guarantee = "inventory";
  history.snapshots = {snapshot_of("2026-11-22", true, {cache})};
  vault::SnapshotRecord sealed = snapshot_of("2026-11-23", true, {source_named("db", 1)});
  sealed.body.reset();
  history.snapshots.push_back(sealed);
  EXPECT_THAT(source_standings(history), IsEmpty());
}

}  // namespace
}  // namespace lifeboat::drill
