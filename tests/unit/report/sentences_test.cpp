#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "drill_facts.h"
#include "report/drill_report.h"

namespace lifeboat::report {
namespace {

using namespace std::chrono_literals;
using drill::Verdict;
using testing::HasSubstr;
using testing::Not;

const Instant kAt = test::moment("2026-11-23T01:20:00Z");

std::string sentence(Verdict verdict) {
  return verdict_sentence(test::run_with(verdict, kAt).result);
}

TEST(VerdictSentence, OfAPassedDrillTellsWhatCameBackHowFastAndHowMuchWasLost) {
  const std::string text = sentence(Verdict::passed);
  EXPECT_THAT(text, HasSubstr("On 23 November 2026, shop-db and sessions came back complete"));
  EXPECT_THAT(text, HasSubstr("It took 22 min 5 s of the 1 h allowed."));
  EXPECT_THAT(text, HasSubstr("The last 4 h 36 min of changes would have been lost, of 24 h"));
}

TEST(VerdictSentence, OfEveryOtherVerdictSaysWhy) {
  EXPECT_THAT(sentence(Verdict::objective_missed),
              HasSubstr("1 h 11 min, 11 min more than the 1 h allowed"));
  EXPECT_THAT(sentence(Verdict::failed),
              HasSubstr("sessions is not what was captured and “orders are there” does not hold"));
  EXPECT_THAT(sentence(Verdict::errored), HasSubstr("could not tell"));
  EXPECT_THAT(sentence(Verdict::errored), HasSubstr("statement timeout after 1 min"));
  EXPECT_THAT(sentence(Verdict::missed), HasSubstr("due at 2026-11-23 01:15 UTC"));
  EXPECT_THAT(sentence(Verdict::aborted), HasSubstr("ended by SIGTERM"));
  EXPECT_THAT(sentence(Verdict::cleanup_failed),
              HasSubstr("2 things that the drill made are still there"));
}

TEST(VerdictSentence, OfReadinessClaimsNoRestore) {
  const std::string text = verdict_sentence(test::readiness_run(kAt).result);
  EXPECT_THAT(text, HasSubstr("Nothing was restored"));
  EXPECT_THAT(text, Not(HasSubstr("came back")));
}

TEST(VerdictSentence, NamesThreeSourcesAtTheMost) {
  drill::Result result = test::passed_run(kAt).result;
  for (int i = 0; i < 5; ++i) result.sources.push_back(result.sources[0]);
  EXPECT_THAT(verdict_sentence(result),
              HasSubstr("shop-db, sessions and 5 more sources came back"));
}

TEST(ShortOutcome, IsTheLineForWhoReadsOnlyOne) {
  EXPECT_EQ(short_outcome(test::passed_run(kAt).result),
            "recovered in 23 min of 60, losing 4 h 36 min of 24 h");
  EXPECT_EQ(short_outcome(test::run_with(Verdict::missed, kAt).result), "nobody started it");
}

TEST(ShortOutcome, JudgesNothingWithoutObjectives) {
  drill::Result result = test::passed_run(kAt).result;
  result.objectives = {};
  EXPECT_EQ(short_outcome(result), "recovered in 22 min 5 s, losing 4 h 36 min");
}

}  // namespace
}  // namespace lifeboat::report
