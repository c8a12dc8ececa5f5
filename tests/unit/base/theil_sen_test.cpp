#include "base/theil_sen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace lifeboat {
namespace {

using ::testing::UnorderedElementsAre;

TEST(TheilSen, AQuantileLiesBetweenItsNeighboursByProportion) {
  EXPECT_DOUBLE_EQ(quantile({4, 1, 3, 2}, 0.5), 2.5);
  EXPECT_DOUBLE_EQ(quantile({4, 1, 3, 2}, 0.25), 1.75);
  EXPECT_DOUBLE_EQ(quantile({4, 1, 3, 2}, 1), 4);
  EXPECT_DOUBLE_EQ(quantile({7}, 0.75), 7);
}

TEST(TheilSen, AQuantileOfNothingIsAnError) {
  EXPECT_THROW(static_cast<void>(quantile({}, 0.5)), Error);
}

TEST(TheilSen, SlopesAreThoseOfAllPairsThatDiffer) {
  EXPECT_THAT(pair_slopes({{0, 0}, {1, 2}, {3, 3}}), UnorderedElementsAre(2, 1, 0.5));
  EXPECT_THAT(pair_slopes({{1, 0}, {1, 5}, {2, 6}}), UnorderedElementsAre(6, 1));
  EXPECT_TRUE(pair_slopes({{1, 0}}).empty());
}

TEST(TheilSen, OneWildValueDoesNotBendTheTrend) {
  std::vector<PlanePoint> points;
  for (int day = 0; day < 20; ++day) points.push_back({double(day), 10.0 * day});
  points[10].y = 1e9;
  EXPECT_DOUBLE_EQ(quantile(pair_slopes(points), 0.5), 10);
}

}  // namespace
}  // namespace lifeboat
