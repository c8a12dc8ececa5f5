#include "postgres/exclusion_pattern.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace lifeboat::postgres {
namespace {

TEST(ExclusionPattern, MeansATableInAnySchemaOrInOne) {
  EXPECT_TRUE(ExclusionPattern("logs").matches("public", "logs"));
  EXPECT_TRUE(ExclusionPattern("logs").matches("audit", "logs"));
  EXPECT_TRUE(ExclusionPattern("audit.logs").matches("audit", "logs"));
  EXPECT_FALSE(ExclusionPattern("audit.logs").matches("public", "logs"));
  EXPECT_FALSE(ExclusionPattern("logs").matches("public", "logs2"));
  EXPECT_FALSE(ExclusionPattern("logs").matches("public", "old_logs"));
}

TEST(ExclusionPattern, KnowsTheWildcardsOfPgDump) {
  EXPECT_TRUE(ExclusionPattern("audit.*").matches("audit", "logs"));
  EXPECT_TRUE(ExclusionPattern("*.logs_*").matches("public", "logs_"));
  EXPECT_TRUE(ExclusionPattern("logs_20??").matches("public", "logs_2026"));
  EXPECT_FALSE(ExclusionPattern("logs_20??").matches("public", "logs_20266"));
  EXPECT_TRUE(ExclusionPattern("*a*b").matches("public", "xaabxb"));
  EXPECT_FALSE(ExclusionPattern("*a*b").matches("public", "xaabx"));
  EXPECT_TRUE(ExclusionPattern("stra?e").matches("public",
                                                 "stra\xC3\x9F"
                                                 "e"));
}

TEST(ExclusionPattern, FoldsLettersAndTakesQuotedOnesAsTheyStand) {
  EXPECT_TRUE(ExclusionPattern("Public.LOGS").matches("public", "logs"));
  EXPECT_FALSE(ExclusionPattern("Logs").matches("public", "Logs"));
  EXPECT_TRUE(ExclusionPattern("\"Logs\"").matches("public", "Logs"));
  EXPECT_TRUE(ExclusionPattern("\"a.b\".\"c*\"\"\"").matches("a.b", "c*\""));
  EXPECT_FALSE(ExclusionPattern("\"c*\"").matches("public", "cd"));
}

TEST(ExclusionPattern, ThatNamesNothingIsAUsageError) {
  for (const char* text : {"", ".", "public.", ".logs", "a.b.c", "\"open"}) {
    try {
      static_cast<void>(ExclusionPattern(text));
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::usage) << text;
    }
  }
}

}  // namespace
}  // namespace lifeboat::postgres
