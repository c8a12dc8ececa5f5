#include "postgres/range_plan.h"

#include <gtest/gtest.h>

namespace lifeboat::postgres {
namespace {

constexpr int kServer = 150000;

Table heap_of(std::uint64_t blocks, std::string name = "orders") {
  Table table;
  table.schema = "public";
  table.name = std::move(name);
  table.heap = true;
  table.blocks = blocks;
  table.total_bytes = blocks * 8192;
  table.columns = {{"id", "bigint", 1, true, false}};
  return table;
}

TEST(RangePlan, CoversEveryBlockOnceAndEndsOpen) {
  for (const std::uint64_t blocks : {0U, 1U, 4095U, 4096U, 4097U, 8192U, 50000U}) {
    const std::vector<Range> ranges = plan_ranges(heap_of(blocks), kServer);
    std::uint64_t next = 0;
    for (const Range& range : ranges) {
      EXPECT_EQ(range.first_block, next);
      EXPECT_EQ(range.first_block % kRangeBlocks, 0U);
      next = range.end_block.value_or(0);
    }
    EXPECT_FALSE(ranges.back().end_block) << blocks;
    EXPECT_LE(ranges.size(), blocks / kRangeBlocks + 1);
  }
}

TEST(RangePlan, ReadsWholeWhatCannotBeCutByTid) {
  Table other = heap_of(50000);
  other.heap = false;
  EXPECT_EQ(plan_ranges(other, kServer).size(), 1U);
  EXPECT_EQ(plan_ranges(heap_of(50000), 130000).size(), 1U);
  Table configuration = heap_of(50000);
  configuration.extension_condition = "WHERE id > 9";
  EXPECT_EQ(plan_ranges(configuration, kServer).size(), 1U);
  EXPECT_EQ(copy_sql(configuration, {}),
            "COPY (SELECT id FROM ONLY public.orders WHERE id > 9) TO STDOUT");
}

TEST(RangePlan, ReadsTheBiggestTableFirst) {
  Catalogue catalogue;
  catalogue.tables = {heap_of(1, "a"), heap_of(9000, "b"), heap_of(10, "c")};
  const std::vector<RangeTask> tasks = plan_reading(catalogue, {0, 1, 2}, kServer);
  ASSERT_EQ(tasks.size(), 5U);
  EXPECT_EQ(tasks[0].table, 1U);
  EXPECT_EQ(tasks[2].table, 1U);
  EXPECT_EQ(tasks[3].table, 2U);
  EXPECT_EQ(tasks[4].table, 0U);
}

TEST(RangePlan, CopiesFromOneTableOnlyBetweenTwoTids) {
  EXPECT_EQ(copy_sql(heap_of(1), {0, std::nullopt}),
            "COPY (SELECT id FROM ONLY public.orders) TO STDOUT");
  EXPECT_EQ(copy_sql(heap_of(1), {4096, 8192}),
            "COPY (SELECT id FROM ONLY public.orders WHERE ctid >= '(4096,0)'::pg_catalog.tid"
            " AND ctid < '(8192,0)'::pg_catalog.tid) TO STDOUT");
}

}  // namespace
}  // namespace lifeboat::postgres
