#include "postgres/load_queue.h"

#include <gtest/gtest.h>

#include "postgres/load_cost.h"

namespace lifeboat::postgres {
namespace {

/// 0 and 1 are loads, 2 waits for 0, 3 waits for 1, 4 for 2 and 3.
std::vector<Step> diamond() {
  std::vector<Step> steps(5);
  for (Step& step : steps) step.phase = Phase::rows;
  const std::vector<std::uint64_t> costs = {10, 30, 100, 20, 5};
  for (std::size_t i = 0; i < steps.size(); ++i) steps[i].cost = costs[i];
  steps[2].after = {0};
  steps[3].after = {1};
  steps[4].after = {2, 3};
  weigh(steps);
  return steps;
}

TEST(LoadQueue, HandsOutWhatTheLongestChainBeginsWith) {
  const std::vector<Step> steps = diamond();
  LoadQueue queue(steps, Phase::rows);
  EXPECT_EQ(queue.next(), 0U) << "cheaper than 1, but 100 waits for it";
  queue.done(0);
  EXPECT_EQ(queue.next(), 2U);
  EXPECT_EQ(queue.next(), 1U);
}

TEST(LoadQueue, PutsASecondLoaderBehindAnotherTableOfHalfTheWeight) {
  std::vector<Step> steps(5);  // table 0: 0, 1; table 1: 2, 3; table 2: 4
  const std::vector<std::uint64_t> costs = {100, 100, 60, 60, 10};
  for (std::size_t i = 0; i < steps.size(); ++i) {
    steps[i].kind = StepKind::load_range;
    steps[i].phase = Phase::rows;
    steps[i].table = i / 2;
    steps[i].cost = costs[i];
  }
  weigh(steps);
  LoadQueue queue(steps, Phase::rows);
  EXPECT_EQ(queue.next(), 0U);
  EXPECT_EQ(queue.next(), 2U) << "table 0 has its loader";
  EXPECT_EQ(queue.next(), 1U) << "table 2 is too light to come before";
  queue.done(2);
  EXPECT_EQ(queue.next(), 3U);
  EXPECT_EQ(queue.next(), 4U);
}

TEST(LoadQueue, TellsWhatOthersCanDoBesideAStep) {
  const std::vector<Step> steps = diamond();
  LoadQueue queue(steps, Phase::rows);
  static_cast<void>(queue.next());
  EXPECT_EQ(queue.heaviest_beside(0), steps[1].weight) << "2 and 4 wait for 0";
  queue.done(0);
  static_cast<void>(queue.next());  // 2
  static_cast<void>(queue.next());  // 1
  EXPECT_EQ(queue.heaviest_beside(2), steps[3].weight);
  queue.done(1);
  static_cast<void>(queue.next());  // 3
  EXPECT_EQ(queue.heaviest_beside(3), 0U) << "what is left waits for 3";
}

TEST(LoadCost, PutsTextsBeforeNumbersAndInvertedIndexesBeforeBoth) {
  Table table;
  table.columns = {{.name = "id", .type = "bigint"}, {.name = "name", .type = "text"}};
  const auto cost = [&](const std::string& definition) {
    return index_cost("CREATE INDEX i ON public.t " + definition, table, 1'000'000);
  };
  EXPECT_GT(cost("USING btree (name)"), cost("USING btree (id)"));
  EXPECT_GT(cost("USING btree (id, name)"), cost("USING btree (name)"));
  EXPECT_GT(cost("USING gin (name)"), cost("USING btree (id, name)"));
  EXPECT_LT(cost("USING brin (id)"), cost("USING btree (id)"));
}

TEST(LoadCost, KnowsWhichBuildsSort) {
  EXPECT_TRUE(is_sorted_index("CREATE INDEX i ON public.t USING btree (x);"));
  EXPECT_TRUE(is_sorted_index("CREATE UNIQUE INDEX i ON public.t (x)"));
  EXPECT_FALSE(is_sorted_index("CREATE INDEX i ON public.t USING gin (x);"));
}

}  // namespace
}  // namespace lifeboat::postgres
