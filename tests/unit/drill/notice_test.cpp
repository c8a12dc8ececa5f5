#include "drill/notice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace lifeboat::drill {
namespace {

using namespace std::chrono_literals;
using notify::What;

Result result_of(Verdict verdict) {
  Result result;
  result.drill = "weekly-restore";
  result.run = "weekly-restore-20261123t0115z";
  result.declared = *parse_instant("2026-11-23T01:20:04Z");
  result.finished = *parse_instant("2026-11-23T01:42:31Z");
  result.verdict = verdict;
  result.summary = "recovered in 22 min of 60 min, losing 4 h 36 min of 24 h";
  result.snapshot = PickedSnapshot{.id = std::string(64, 'b')};
  result.objectives = {1h, 24h};
  result.measured = {.rta = 22min, .rpa = 276min, .bytes_per_second = 63'469'387};
  return result;
}

notify::Event event_after(Verdict verdict, const std::optional<Verdict>& previous) {
  return event_of(result_of(verdict), "shop", previous, "runbooks/lost-primary.md");
}

TEST(DrillNotice, SaysWhatTheResultSays) {
  const notify::Event event = event_after(Verdict::passed, std::nullopt);
  EXPECT_EQ(event.what, What::drill_passed);
  EXPECT_EQ(event.app, "shop");
  EXPECT_EQ(event.name, "weekly-restore");
  EXPECT_EQ(event.verdict, "passed");
  EXPECT_EQ(event.summary, result_of(Verdict::passed).summary);
  EXPECT_EQ(event.snapshot, std::string(64, 'b'));
  EXPECT_EQ(event.runbook, "runbooks/lost-primary.md");
  EXPECT_EQ(event.at, result_of(Verdict::passed).finished);
  EXPECT_EQ(event.started, result_of(Verdict::passed).declared);
  std::map<std::string, double> figures;
  for (const notify::Figure& figure : event.figures) figures[figure.name] = figure.value;
  EXPECT_EQ(figures, (std::map<std::string, double>{{"rta_seconds", 1320},
                                                    {"rto_objective_seconds", 3600},
                                                    {"rpa_seconds", 16560},
                                                    {"rpo_objective_seconds", 86400},
                                                    {"restore_bytes_per_second", 63469387},
                                                    {"leaked_resources", 0}}));
}

TEST(DrillNotice, HasTheExitCodeOfTheRun) {
  EXPECT_EQ(event_after(Verdict::passed, {}).exit_code, 0);
  for (const Verdict verdict :
       {Verdict::objective_missed, Verdict::failed, Verdict::cleanup_failed}) {
    EXPECT_EQ(event_after(verdict, {}).exit_code, 3);
    EXPECT_EQ(event_after(verdict, {}).what, What::drill_failed);
  }
  EXPECT_EQ(event_after(Verdict::errored, {}).exit_code, 1);
  EXPECT_EQ(event_after(Verdict::aborted, {}).exit_code, 5);
  const notify::Event missed = event_after(Verdict::missed, {});
  EXPECT_EQ(missed.what, What::drill_missed);
  EXPECT_EQ(missed.exit_code, std::nullopt);
  EXPECT_EQ(missed.started, std::nullopt);
}

TEST(DrillNotice, IsTheSameEventHoweverOftenItIsTold) {
  const notify::Event event = event_after(Verdict::passed, {});
  EXPECT_EQ(event.id, event_after(Verdict::passed, Verdict::failed).id);
  EXPECT_EQ(event.run, run_id_of("weekly-restore-20261123t0115z"));
  EXPECT_NE(event.run, run_id_of("weekly-restore-20261130t0115z"));
  EXPECT_NE(event.id, event.run);
}

TEST(DrillNotice, KnowsThatAllIsWellAgain) {
  EXPECT_TRUE(event_after(Verdict::passed, Verdict::missed).again_good);
  EXPECT_TRUE(event_after(Verdict::passed, Verdict::cleanup_failed).again_good);
  EXPECT_FALSE(event_after(Verdict::passed, Verdict::passed).again_good);
  EXPECT_FALSE(event_after(Verdict::passed, {}).again_good);
  EXPECT_FALSE(event_after(Verdict::failed, Verdict::failed).again_good);
}

TEST(DrillNotice, IsAskedForByVerdicts) {
  EXPECT_TRUE(asked_for({}, Verdict::errored, {}));
  EXPECT_FALSE(asked_for({}, Verdict::passed, Verdict::failed));
  EXPECT_TRUE(asked_for({"passed"}, Verdict::passed, {}));
  EXPECT_FALSE(asked_for({"failed"}, Verdict::missed, {}));
  const std::vector<std::string> again = {"failed", "first_success_after_failure"};
  EXPECT_TRUE(asked_for(again, Verdict::passed, Verdict::missed));
  EXPECT_FALSE(asked_for(again, Verdict::passed, Verdict::passed));
  EXPECT_FALSE(asked_for(again, Verdict::passed, {}));
}

}  // namespace
}  // namespace lifeboat::drill
