#include "rehearse/scratch_home.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "os/file.h"
#include "postgres/scratch.h"
#include "redis/scratch.h"

namespace lifeboat::rehearse {
namespace {

namespace fs = std::filesystem;

TEST(ScratchHome, IsClearedOfServersWhoseLifeboatWasKilledBeforeItNamedItself) {
  const os::TempDir parent("/tmp", "lifeboat-test-");
  const fs::path home = scratch_home(parent.path(), "nightly-20260101t0200z");
  make_scratch_home(home);
  for (const char* prefix : {postgres::kScratchPrefix, redis::kScratchPrefix}) {
    fs::create_directory(home / (std::string(prefix) + "Ab12Cd"));
  }
  EXPECT_TRUE(clear_scratch_home(home).empty());
  EXPECT_FALSE(fs::exists(home));
}

TEST(ScratchHome, NamesWhatItCannotRemove) {
  const os::TempDir parent("/tmp", "lifeboat-test-");
  const fs::path home = scratch_home(parent.path(), "nightly-20260101t0200z");
  make_scratch_home(home);
  std::ofstream(home / "notes") << "of somebody else";
  const auto leaks = clear_scratch_home(home);
  ASSERT_EQ(leaks.size(), 1U);
  EXPECT_EQ(leaks.front().where, (home / "notes").string());
  EXPECT_TRUE(fs::exists(home / "notes"));
}

}  // namespace
}  // namespace lifeboat::rehearse
