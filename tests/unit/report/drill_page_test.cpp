#include "report/drill_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "drill_facts.h"

namespace lifeboat::report {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

const Instant kNow = test::moment("2026-11-23T07:41:00Z");

DrillReport report_of(const DrillFacts& facts) {
  return make_drill_report(facts, {.drill = {}, .made_at = kNow, .since = {}, .last = {}});
}

TEST(DrillPage, IsTheSameForTheSameReport) {
  const DrillFacts facts = test::year_of_drills(50, kNow);
  DrillFacts shuffled = facts;
  std::ranges::reverse(shuffled.runs);
  std::ranges::reverse(shuffled.sources);
  EXPECT_EQ(drill_page(report_of(facts)), drill_page(report_of(shuffled)));
}

TEST(DrillPage, SaysOfWhatItIsMadeAndHowToMakeItAgain) {
  const DrillReport report = report_of(test::year_of_drills(2, kNow));
  const std::string page = drill_page(report);
  EXPECT_THAT(page, HasSubstr(report.newest().record));
  EXPECT_THAT(page, HasSubstr(report.newest().result.snapshot->id));
  EXPECT_THAT(page,
              HasSubstr("lifeboat drill report weekly-restore --at 2026-11-23T07:41:00.000Z"));
}

TEST(DrillPage, QuotesANameThatAShellWouldRead) {
  DrillFacts facts = test::year_of_drills(1, kNow);
  facts.runs[0].result.drill = "a; rm -rf 'x'";
  EXPECT_THAT(
      drill_page(report_of(facts)),
      HasSubstr("drill report &#39;a; rm -rf &#39;\\&#39;&#39;x&#39;\\&#39;&#39;&#39; --at"));
}

TEST(DrillPage, LetsNoTextBecomeMarkup) {
  DrillFacts facts = test::year_of_drills(3, kNow);
  const std::string evil = "</style></title><script>alert(1)</script>";
  for (report::Run& run : facts.runs) {
    drill::Result& result = run.result;
    for (std::string* text : {&result.title, &result.host, &result.program, &result.run,
                              &result.summary, &result.scenario_sha256, &result.attestation}) {
      *text = evil;
    }
    for (auto& source : result.sources) source.name = source.kind = source.scratch = evil;
    for (auto& phase : result.phases) phase.name = phase.source = evil;
    for (auto& outcome : result.assertions) {
      outcome.name = outcome.source = outcome.expected = outcome.found = outcome.detail = evil;
    }
    result.not_tested = {evil};
    result.leaks = {{evil, evil}};
    run.record = evil;
  }
  const std::string page = drill_page(report_of(facts));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_EQ(page.find("</style>"), page.rfind("</style>"));
  EXPECT_EQ(page.find("</title>"), page.find("</title>\n<style>"));
}

TEST(DrillPage, SaysInASentenceWhatOneRunCannotShow) {
  const std::string page = drill_page(report_of(test::year_of_drills(1, kNow)));
  EXPECT_THAT(page, HasSubstr("A trend needs two recovery times; 1 run so far."));
  EXPECT_THAT(page, HasSubstr("There is none in this report."));
  EXPECT_THAT(page, Not(HasSubstr("id=\"trend-w\"")));
}

TEST(DrillPage, LeavesTheSmallPhasesOutWhereTheyAreTooMany) {
  DrillFacts facts = test::year_of_drills(1, kNow);
  for (int i = 0; i < 50; ++i) {
    facts.runs[0].result.phases.push_back({"verify", "db-" + std::to_string(i), 20min, 1s});
  }
  EXPECT_THAT(drill_page(report_of(facts)), HasSubstr("The 29 shortest phases are left out"));
}

}  // namespace
}  // namespace lifeboat::report
