#include "report/drill_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "drill_facts.h"

namespace lifeboat::report {
namespace {

using namespace std::chrono_literals;
using drill::Verdict;
using test::moment;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

const Instant kNow = moment("2026-11-23T07:41:00Z");

DrillReportRequest now() { return {.drill = {}, .made_at = kNow, .since = {}, .last = {}}; }

DrillFacts facts_of(std::vector<Run> runs) {
  return {.vault = "ab",
          .runs = std::move(runs),
          .sources = {{"shop-db", "postgres", true, {}},
                      {"ledger-db", "postgres", true, {}},
                      {"page-cache", "memcached", false, {}}}};
}

std::string error_of(const DrillFacts& facts, const DrillReportRequest& request) {
  try {
    static_cast<void>(make_drill_report(facts, request));
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::not_found);
    return error.message() + " / " + std::string(error.hint());
  }
  return "none";
}

TEST(DrillReport, IsOfTheDrillThatRanLastUnlessOneIsNamed) {
  const DrillFacts facts = facts_of({test::readiness_run(kNow - 1h), test::passed_run(kNow - 24h)});
  EXPECT_EQ(make_drill_report(facts, now()).drill, "nightly-readiness");
  DrillReportRequest request = now();
  request.drill = "weekly-restore";
  EXPECT_EQ(make_drill_report(facts, request).newest().result.drill, "weekly-restore");
  request.drill = "weekly";
  EXPECT_THAT(error_of(facts, request), HasSubstr("nightly-readiness, weekly-restore"));
  EXPECT_THAT(error_of(facts_of({}), now()), HasSubstr("no drill is recorded"));
}

TEST(DrillReport, TakesRunsInTheirOrderAndEachOnce) {
  report::Run twice = test::passed_run(kNow - 48h);
  report::Run later = twice;
  later.result.finished += 10min;
  later.result.verdict = Verdict::aborted;
  later.record = "later";
  const DrillReport report =
      make_drill_report(facts_of({test::passed_run(kNow - 1h), later, twice}), now());
  ASSERT_EQ(report.runs.size(), 2U);
  EXPECT_EQ(report.runs[0].record, twice.record);
  EXPECT_EQ(report.newest().result.declared, kNow - 1h);
}

TEST(DrillReport, AsOfAMomentKnowsNothingLater) {
  DrillReportRequest request = now();
  request.made_at = kNow - 24h;
  const DrillReport report = make_drill_report(
      facts_of({test::passed_run(kNow - 48h), test::run_with(Verdict::failed, kNow - 2h)}),
      request);
  EXPECT_EQ(report.runs.size(), 1U);
  EXPECT_EQ(report.newest().result.verdict, Verdict::passed);
}

TEST(DrillReport, KeepsTheNewestAndTheRunsOfTheTimeThatIsAskedFor) {
  const DrillFacts facts = test::year_of_drills(40, kNow);
  DrillReportRequest request = now();
  request.last = 3;
  EXPECT_EQ(make_drill_report(facts, request).runs.size(), 3U);
  EXPECT_EQ(make_drill_report(facts, request).newest().record, facts.runs.back().record);
  request = now();
  request.since = kNow - 24h * 60;
  EXPECT_EQ(make_drill_report(facts, request).runs.size(), 7U);
  request.since = kNow;
  EXPECT_THAT(error_of(facts, request), HasSubstr("in that time"));
}

TEST(DrillReport, CountsMissedRunsAgainstTheBudget) {
  const DrillReport report = make_drill_report(
      facts_of({test::passed_run(kNow - 24h * 100), test::passed_run(kNow - 24h * 14),
                test::run_with(Verdict::missed, kNow - 24h * 7), test::passed_run(kNow - 1h)}),
      now());
  EXPECT_EQ(report.line().due, 3U);
  EXPECT_EQ(report.line().passed, 2U);
}

TEST(DrillReport, CoversEverySourceAndSaysWhichWasNeverProven) {
  const DrillReport report = make_drill_report(
      facts_of({test::passed_run(kNow - 48h), test::run_with(Verdict::failed, kNow - 1h)}), now());
  ASSERT_EQ(report.coverage.size(), 4U);  // by name; sessions is known from the drills alone
  EXPECT_EQ(report.coverage[0].source.name, "ledger-db");
  EXPECT_EQ(report.coverage[0].newest(), std::nullopt);
  EXPECT_EQ(report.coverage[2].source.name, "sessions");
  EXPECT_EQ(report.coverage[2].newest(), test::passed_run(kNow - 48h).result.finished);
  EXPECT_THAT(report.not_tested, Contains("ledger-db: no drill has ever restored and proven it"));
  EXPECT_THAT(report.not_tested, Not(Contains(HasSubstr("page-cache"))));
}

TEST(DrillReport, NamesWhatOneRunLeftOut) {
  const auto items = not_tested_in(test::passed_run(kNow).result);
  EXPECT_THAT(items, Contains("source edge: in the snapshot, in no part of this drill"));
  EXPECT_THAT(items, Contains("shop-db: 1 item that the snapshot does not carry"));
  EXPECT_THAT(items, Contains(HasSubstr("“checkout answers”: not applicable")));
  EXPECT_THAT(items, Contains(HasSubstr("DNS")));
  EXPECT_THAT(not_tested_in(test::readiness_run(kNow).result),
              Contains(HasSubstr("restores nothing")));
  EXPECT_THAT(not_tested_in(test::run_with(Verdict::missed, kNow).result),
              Contains("anything at all: the drill did not run"));
}

TEST(DrillReport, TellsWhatChangedSinceTheRunBefore) {
  drill::Result before = test::passed_run(kNow - 24h).result;
  drill::Result after = test::run_with(Verdict::failed, kNow).result;
  after.measured.rta = *before.measured.rta * 2;
  after.program = "lifeboat 0.2.0";
  after.sources.pop_back();
  after.scenario_sha256 = "other";
  const auto items = differences_of(before, after);
  EXPECT_THAT(items, Contains("failed, passed before"));
  EXPECT_THAT(items, Contains("recovery time 44 min 10 s, 22 min 5 s before (+100 %)"));
  EXPECT_THAT(items, Contains("lifeboat 0.2.0, lifeboat 0.1.0 before"));
  EXPECT_THAT(items, Contains("sessions is no longer in this drill"));
  EXPECT_THAT(items, Contains("“orders are there”: fail, pass before"));
  EXPECT_THAT(items, Contains("the scenario file has changed"));
  EXPECT_TRUE(differences_of(before, before).empty());
}

TEST(DrillReport, ComparesWithARunAndNotWithAHole) {
  const DrillReport report = make_drill_report(
      facts_of({test::passed_run(kNow - 24h * 14), test::run_with(Verdict::missed, kNow - 24h * 7),
                test::passed_run(kNow - 1h)}),
      now());
  EXPECT_THAT(report.differences, Not(Contains(HasSubstr("missed before"))));
}

TEST(DrillReport, HoldsTimesThatNoClockGives) {
  report::Run run = test::passed_run(kNow - 1h);
  run.result.measured.rta = std::chrono::milliseconds(INT64_MAX);
  run.result.measured.rpa = std::chrono::milliseconds(INT64_MIN);
  run.result.phases[0].took = std::chrono::milliseconds(INT64_MIN);
  const DrillReport report = make_drill_report(facts_of({run}), now());
  EXPECT_LE(*report.newest().result.measured.rta, std::chrono::days(3650));
  EXPECT_EQ(*report.newest().result.measured.rpa, 0ms);
  EXPECT_EQ(report.newest().result.phases[0].took, 0ms);
}

}  // namespace
}  // namespace lifeboat::report
