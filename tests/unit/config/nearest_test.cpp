#include "config/nearest.h"

#include <gtest/gtest.h>

namespace lifeboat::config {
namespace {

const std::vector<std::string> kWords = {"snapshot", "restore", "verify", "vault"};

TEST(Nearest, FindsTheWordBehindATypingMistake) {
  EXPECT_EQ(nearest("snapshto", kWords), "snapshot");
  EXPECT_EQ(nearest("resore", kWords), "restore");
  EXPECT_EQ(nearest("valut", kWords), "vault");
}

TEST(Nearest, CompletesABeginningThatFitsOneWordOnly) {
  EXPECT_EQ(nearest("snap", kWords), "snapshot");
  EXPECT_EQ(nearest("v", kWords), std::nullopt);
}

TEST(Nearest, SuggestsNothingForAWordThatIsNotNear) {
  EXPECT_EQ(nearest("frobnicate", kWords), std::nullopt);
  EXPECT_EQ(nearest("", kWords), std::nullopt);
  EXPECT_EQ(nearest("word", {}), std::nullopt);
}

}  // namespace
}  // namespace lifeboat::config
