#include "drill/result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace lifeboat::drill {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

Instant at(const char* text) { return parse_instant(text).value(); }

Result whole() {
  Result result;
  result.drill = "weekly-restore";
  result.title = "it comes back";
  result.run = "weekly-restore-20261123t0115z";
  result.trigger = Trigger::schedule;
  result.due = at("2026-11-23T01:15:00Z");
  result.declared = at("2026-11-23T01:20:04.118Z");
  result.finished = at("2026-11-23T01:42:31.904Z");
  result.verdict = Verdict::objective_missed;
  result.summary = "too slow";
  result.scenario_sha256 = std::string(64, 'a');
  result.snapshot =
      PickedSnapshot{std::string(64, 'b'), at("2026-11-22T20:44:00Z"), Select::random, 31, false};
  result.sources.push_back(
      {"shop-db", "postgres", true, "throwaway Postgres 15.20", 14, 99, 1000, 1, 9800ms, 2100ms});
  result.sources.push_back({.name = "sessions", .kind = "redis"});
  result.objectives = {3600s, std::nullopt};
  result.measured = {1320s, 16560s, RpaBy::heartbeat, 87000s, 1000, 99, 102};
  result.phases = {{"decide", "", 0ms, 840ms}, {"restore", "shop-db", 840ms, 9800ms}};
  result.assertions = {{"orders", AssertionKind::sql, "shop-db", Severity::warn,
                        AssertionResult::warn, "at least 1", "0", "", 3ms}};
  result.not_tested = {"source edge"};
  result.leaks = {{"throwaway Postgres", "/tmp/x"}};
  result.attestation = std::string(64, 'c');
  result.error = DrillError{"unavailable", "it went away", ""};
  result.host = "run.1";
  result.program = "lifeboat 0.1.0";
  return result;
}

TEST(DrillResult, ComesBackFromItsJsonAsItWas) {
  const std::string text = to_json(whole());
  const Result back = result_from_json(text);
  EXPECT_EQ(to_json(back), text);
  EXPECT_EQ(back.verdict, Verdict::objective_missed);
  EXPECT_EQ(back.snapshot->select, Select::random);
  EXPECT_EQ(back.sources.at(0).proven, true);
  EXPECT_EQ(back.sources.at(1).proven, std::nullopt);
  EXPECT_EQ(back.measured.rpa, 16560s);
  EXPECT_EQ(back.objectives.rpo, std::nullopt);
  EXPECT_EQ(back.assertions.at(0).result, AssertionResult::warn);
  EXPECT_EQ(back.error->kind, "unavailable");
}

TEST(DrillResult, HasItsWordsAsTheFormatWritesThem) {
  const std::string text = to_json(whole());
  EXPECT_THAT(text, HasSubstr(R"("verdict":"objective_missed")"));
  EXPECT_THAT(text, HasSubstr(R"("rta_ms":1320000,"rpa_ms":16560000,"rpa_by":"heartbeat")"));
  EXPECT_THAT(text, HasSubstr(R"("due":"2026-11-23T01:15:00.000Z")"));
}

TEST(DrillResult, IsCorruptWithoutAKeyOrWithAWordNobodyKnows) {
  const std::string text = to_json(whole());
  const auto refused = [](std::string bad_text) {
    try {
      static_cast<void>(result_from_json(bad_text));
    } catch (const Error& error) {
      return error.kind() == ErrorKind::corrupt ? error.message() : "of another kind";
    }
    return std::string("accepted");
  };
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    return changed.replace(changed.find(from), from.size(), to);
  };
  EXPECT_THAT(refused(with("\"run\"", "\"ran\"")), HasSubstr("run is missing"));
  EXPECT_THAT(refused(with("objective_missed", "wonderful")), HasSubstr("wonderful"));
  EXPECT_THAT(refused(with("\"format\":1", "\"format\":2")), HasSubstr("newer lifeboat"));
  EXPECT_THAT(refused(with("3600000", "\"soon\"")), HasSubstr("rto_ms"));
  EXPECT_THAT(refused("[]"), HasSubstr("no JSON object"));
  EXPECT_THAT(refused("{"), HasSubstr("no JSON object"));
}

TEST(DrillResult, IgnoresKeysOfLaterVersions) {
  std::string text = to_json(whole());
  text.insert(1, R"("later":[1],)");
  EXPECT_EQ(result_from_json(text).run, whole().run);
}

}  // namespace
}  // namespace lifeboat::drill
