#include "postgres/long_rows.h"

#include <gtest/gtest.h>

#include "base/units.h"
#include "collecting_sink.h"
#include "harness/postgres_server.h"

namespace lifeboat::postgres {
namespace {

using harness::shared_server;

class LongRowsTest : public testing::Test {
 protected:
  void SetUp() override { request_.url = shared_server().create_database("long"); }
  void TearDown() override { shared_server().drop_database("long"); }

  CaptureRequest request_;
};

TEST_F(LongRowsTest, AreFoundBeforehandByTheLengthsOfTheirValues) {
  shared_server().execute(
      "long",
      "CREATE TABLE pictures (id int, name text, \"Of it\" bytea COMPRESSION lz4);"
      "CREATE TABLE small (x text); INSERT INTO small SELECT repeat('x', 100000);"
      "INSERT INTO pictures SELECT n, 'short', '\\x00' FROM generate_series(1, 20) n;"
      "INSERT INTO pictures SELECT 21, NULL, convert_to(repeat('p', 9000000), 'UTF8');"
      "INSERT INTO pictures SELECT 22, 'a', convert_to(repeat('p', 12000000), 'UTF8')");
  CollectingSink sink;
  SilentObserver observer;
  const Capture got = capture(request_, sink, observer, {});
  EXPECT_EQ(got.rows, 23U);
  ASSERT_EQ(got.long_rows.size(), 1U);
  EXPECT_EQ(got.long_rows[0].table, "public.pictures");
  EXPECT_EQ(got.long_rows[0].rows, 2U);
  EXPECT_EQ(got.long_rows[0].longest_bytes, 24'000'005U);
  EXPECT_FALSE(got.long_rows[0].sampled);
  EXPECT_TRUE(got.not_carried.empty());
}

TEST(LongRowsMemory, IsThatOfTheLongestForEachWorkerThatMayHoldOne) {
  const LongRows one{.table = "a", .rows = 1, .longest_bytes = 100 * kMiB};
  const LongRows many{.table = "b", .rows = 9, .longest_bytes = 50 * kMiB};
  EXPECT_EQ(memory_for({one}, 4), 160 * kMiB + 220 * kMiB);
  EXPECT_EQ(memory_for({one, many}, 4), 160 * kMiB + 4 * 220 * kMiB);
}

}  // namespace
}  // namespace lifeboat::postgres
