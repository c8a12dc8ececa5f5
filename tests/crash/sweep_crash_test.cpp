#include <gtest/gtest.h>

#include <csignal>
#include <functional>
#include <iostream>

#include "crash/crash_place.h"
#include "crash/synthetic.h"
#include "harness/disk_vault.h"
#include "os/file.h"
#include "store/directory_store.h"

namespace lifeboat::crash {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kSnapshots = 6;
constexpr unsigned kForgotten = 2;

/// What is done before the step that is killed.
struct Stage {
  const char* name;
  unsigned steps_before;
  std::size_t least_steps;  ///< fewer would mean that the shim has gone blind
};

void PrintTo(const Stage& stage, std::ostream* out) { *out << stage.name; }

/// A vault of six snapshots, of which the second is forgotten; every point gets a copy.
class SweepCrash : public testing::TestWithParam<Stage> {
 protected:
  SweepCrash() : base_(home_.path() / "base") {
    fs::create_directory(base_.home());
    expect_done(base_.vault_create());
    for (unsigned number = 1; number <= kSnapshots; ++number) expect_done(base_.snapshot(number));
    store::DirectoryStore store(base_.vault());
    const Bytes key = os::read_file(base_.key(vault::Role::pruner), 4096);
    const std::string text(key.begin(), key.end());
    const vault::Vault vault(store, vault::Capability::from_text(text.substr(0, text.find('\n'))));
    forget_synthetic(vault, kForgotten);
    for (unsigned i = 0; i < GetParam().steps_before; ++i) expect_done(base_.sweep());
  }

  static void expect_done(const os::Command& command) {
    const os::Outcome outcome = os::run(command, {}, {});
    ASSERT_TRUE(outcome.status.ok()) << outcome.status.describe() << "\n" << outcome.err;
  }

  CrashPlace fresh_copy() {
    const CrashPlace place(home_.path() / "copy");
    fs::remove_all(place.home());
    fs::copy(base_.home(), place.home(), fs::copy_options::recursive);
    return place;
  }

  /// Every snapshot that is kept reads back, and a check that opens every blob is content.
  static std::size_t expect_kept(const CrashPlace& place) {
    const Contents now = place.read();
    EXPECT_EQ(now.problems, "");
    for (unsigned number = 1; number <= kSnapshots; ++number) {
      if (number == kForgotten) continue;
      EXPECT_EQ(now.numbers.count(number), 1U) << "snapshot " << number;
    }
    return now.numbers.size();
  }

  os::TempDir home_{parent_of_places(), "lifeboat-crash-"};
  CrashPlace base_;
};

TEST_P(SweepCrash, ADeathBesideAnyStepLeavesWhatIsKeptWholeAndTheNextRunsFinish) {
  const CrashPlace whole = fresh_copy();
  const os::Outcome done = whole.run(whole.sweep(), {});
  ASSERT_TRUE(done.status.ok()) << done.err;
  EXPECT_EQ(promises_broken(whole.steps()), "");
  ASSERT_GE(whole.steps().size(), GetParam().least_steps);

  std::size_t points = 0;
  bool killed = true;
  for (std::size_t at = 1; killed && !HasFailure(); ++at) {
    for (const bool before : {true, false}) {
      SCOPED_TRACE((before ? "before step " : "after step ") + std::to_string(at));
      const CrashPlace place = fresh_copy();
      killed = place.run(place.sweep(), {at, before}).status.signal == SIGKILL;
      if (!killed) break;
      ++points;
      expect_kept(place);
      // Mark, sweep, finish, and one that finds nothing to do.
      for (int step = 0; step < 4; ++step) expect_done(place.sweep());
      EXPECT_EQ(expect_kept(place), kSnapshots - 1) << "the forgotten one is gone";
      expect_done(place.snapshot(kSnapshots + 1));
      EXPECT_EQ(expect_kept(place), kSnapshots);
    }
  }
  std::cout << "[  points  ] " << points << " crash points, " << GetParam().name << "\n";
  EXPECT_GE(points, whole.steps().size() * 2 * 3 / 4);
}

INSTANTIATE_TEST_SUITE_P(Of, SweepCrash,
                         testing::Values(Stage{"mark", 0, 6}, Stage{"sweep", 1, 10}),
                         [](const auto& of) { return std::string(of.param.name); });

}  // namespace
}  // namespace lifeboat::crash
