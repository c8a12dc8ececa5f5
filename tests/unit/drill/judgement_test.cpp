#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "drill/expectation.h"
#include "drill/logbook.h"
#include "drill/verdict.h"

namespace lifeboat::drill {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

Result good() {
  Result result;
  result.drill = "weekly";
  result.sources.push_back({});
  result.sources.back().proven = true;
  result.objectives = {3600s, 24h};
  result.measured.rta = 1000s;
  result.measured.rpa = 5h;
  return result;
}

TEST(Verdict, IsPassedOnlyIfEverythingHolds) {
  EXPECT_EQ(judge(good()), Verdict::passed);
  Result result = good();
  result.measured.rta = 3600s + 1ms;
  EXPECT_EQ(judge(result), Verdict::objective_missed);
  result.sources.back().proven = false;
  EXPECT_EQ(judge(result), Verdict::failed);
  result.assertions.push_back({});
  result.assertions.back().result = AssertionResult::error;
  EXPECT_EQ(judge(result), Verdict::errored);
  result.leaks.push_back({"a folder", "/tmp/x"});
  EXPECT_EQ(judge(result), Verdict::cleanup_failed);
  result.error = DrillError{"cancelled", "stopped", ""};
  EXPECT_EQ(judge(result), Verdict::aborted);
}

TEST(Verdict, OfAnOldPickAsksTheExposure) {
  Result result = good();
  result.measured.exposure = 26h;
  result.snapshot = PickedSnapshot{};
  result.snapshot->newest = true;
  EXPECT_EQ(judge(result), Verdict::passed);
  result.snapshot->newest = false;
  EXPECT_EQ(judge(result), Verdict::objective_missed);
}

TEST(Verdict, IsNotChangedByAWarning) {
  Result result = good();
  result.assertions.push_back({});
  result.assertions.back().result = AssertionResult::warn;
  EXPECT_EQ(judge(result), Verdict::passed);
}

TEST(Expectation, JudgesTextsNumbersAndPatterns) {
  config::ScenarioAssertion assertion;
  assertion.equals = "0";
  EXPECT_EQ(judge_answer(assertion, "0"), AssertionResult::pass);
  EXPECT_EQ(judge_answer(assertion, "00"), AssertionResult::fail);
  assertion = {};
  assertion.at_least = 10;
  assertion.at_most = 20;
  EXPECT_EQ(judge_answer(assertion, "10"), AssertionResult::pass);
  EXPECT_EQ(judge_answer(assertion, "20.5"), AssertionResult::fail);
  EXPECT_EQ(judge_answer(assertion, "many"), AssertionResult::error);
  EXPECT_EQ(judge_answer(assertion, ""), AssertionResult::error);
  EXPECT_EQ(judge_answer(assertion, "nan"), AssertionResult::error);
  assertion = {};
  assertion.matches = "^ok";
  assertion.only_warns = true;
  EXPECT_EQ(judge_answer(assertion, "ok then"), AssertionResult::pass);
  EXPECT_EQ(judge_answer(assertion, "not ok"), AssertionResult::warn);
}

TEST(Expectation, ReadsMomentsAsPostgresWritesThem) {
  EXPECT_EQ(parse_beat("2026-11-23 01:15:00.5+00"), parse_instant("2026-11-23T01:15:00.500Z"));
  EXPECT_EQ(parse_beat("2026-11-23 01:15:00+00"), parse_instant("2026-11-23T01:15:00Z"));
  EXPECT_EQ(parse_beat("1795396500.25"), Instant(1795396500250ms));
  EXPECT_EQ(parse_beat(""), std::nullopt);
  EXPECT_EQ(parse_beat("yesterday"), std::nullopt);
}

/// A restore of so many bytes on that day, at 100 bytes a second.
Result restored(int day, std::uint64_t bytes) {
  Result result = good();
  result.declared = *parse_instant("2026-01-01T00:00:00Z") + std::chrono::hours(24 * day);
  result.run = "weekly-" + std::to_string(day);
  result.measured.read_bytes = bytes;
  result.measured.rta = std::chrono::milliseconds(bytes * 10);
  return result;
}

std::optional<Forecast> forecast_of(const std::vector<Result>& results) {
  std::vector<const Result*> all;
  for (const Result& result : results) all.push_back(&result);
  return forecast_rto(all);
}

TEST(Forecast, NamesTheDayOnWhichTheRtoWillBeMissed) {
  // 1,000 bytes more each day from 100,000 on; 3,600 s at 100 bytes a second are 360,000: day 260.
  std::vector<Result> results;
  for (int day = 0; day <= 70; day += 7) {
    results.push_back(restored(day, 100'000 + 1000 * static_cast<std::uint64_t>(day)));
  }
  const auto forecast = forecast_of(results);
  ASSERT_TRUE(forecast);
  EXPECT_EQ(to_rfc3339(forecast->when).substr(0, 10), "2026-09-18");
  EXPECT_EQ(to_text(*forecast), "2026-09-18 ± 1 day");
  // One odd day changes little.
  results[4].measured.read_bytes *= 3;
  results[4].measured.rta = *results[4].measured.rta * 3;
  const auto again = forecast_of(results);
  ASSERT_TRUE(again);
  EXPECT_LT(std::chrono::abs(again->when - forecast->when), 24h * 10);
}

TEST(Forecast, SaysNothingWithoutFivePointsGrowthOrAnObjective) {
  std::vector<Result> results;
  for (int day = 0; day < 4; ++day) results.push_back(restored(day, 100'000 + 10'000U * day));
  EXPECT_FALSE(forecast_of(results));
  results.push_back(restored(4, 140'000));
  EXPECT_TRUE(forecast_of(results));
  results.back().objectives.rto.reset();
  EXPECT_FALSE(forecast_of(results));
  std::vector<Result> same;
  for (int day = 0; day < 9; ++day) same.push_back(restored(day, 100'000));
  EXPECT_FALSE(forecast_of(same));
  EXPECT_FALSE(forecast_of({}));
}

Logbook book_of(const std::vector<Result>& results) {
  Logbook book;
  for (const Result& result : results) book.results.push_back({result, ""});
  return book;
}

TEST(Gate, IsOpenOnlyIfDrillsPassedProofsAreYoungAndTheBudgetIsNotSpent) {
  const Instant now = *parse_instant("2026-06-01T00:00:00Z");
  Result last = good();
  last.trigger = Trigger::schedule;
  last.verdict = Verdict::passed;
  last.declared = now - 24h;
  const GateRequest request{.drills = {"weekly"}};
  EXPECT_TRUE(judge_gate(book_of({last}), request, now - 24h, now).findings.empty());
  EXPECT_EQ(judge_gate(book_of({last}), request, now - 24h * 9, now).findings.size(), 1U);
  EXPECT_EQ(judge_gate(book_of({last}), request, std::nullopt, now).findings.size(), 1U);
  EXPECT_EQ(judge_gate(book_of({}), request, now, now).findings.size(), 1U);
  Result missed = last;
  missed.verdict = Verdict::missed;
  missed.declared = now - 48h;
  const Gate spent = judge_gate(book_of({last, missed}), request, now, now);
  ASSERT_EQ(spent.findings.size(), 1U);
  EXPECT_THAT(spent.findings.front().what, HasSubstr("1 of 2 due drills"));
  missed.declared = now - 24h * 91;
  EXPECT_TRUE(judge_gate(book_of({last, missed}), request, now, now).findings.empty());
  last.verdict = Verdict::errored;
  EXPECT_GE(judge_gate(book_of({last}), request, now, now).findings.size(), 2U);
}

}  // namespace
}  // namespace lifeboat::drill
