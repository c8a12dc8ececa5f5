#include <gtest/gtest.h>

#include <csignal>
#include <functional>
#include <iostream>

#include "crash/crash_place.h"
#include "harness/disk_vault.h"
#include "os/file.h"
#include "vault/new_vault.h"

namespace lifeboat::crash {
namespace {

namespace fs = std::filesystem;

/// Something that changes a vault which holds snapshots 1 and 2.
struct Change {
  const char* name;
  std::function<os::Command(const CrashPlace&, unsigned number)> command;
  std::size_t snapshots;     ///< that it adds
  std::size_t attestations;  ///< that it adds
  std::size_t least_steps;   ///< fewer would mean that the shim has gone blind
};

/// A verb of the admin's that needs an identity, too.
os::Command keys_verb(const CrashPlace& place, std::vector<std::string> words) {
  os::Command command = place.vault_tool(std::move(words), vault::Role::admin);
  command.environment["LIFEBOAT_IDENTITY_FILE"] = place.key(vault::Role::identity);
  return command;
}

os::Command add_key(const CrashPlace& place, unsigned number) {
  return keys_verb(place, {"keys", "add", "writer", "--name", "writer" + std::to_string(number),
                           "--keys", place.home() / "keys"});
}

os::Command revoke_key(const CrashPlace& place, unsigned number) {
  return keys_verb(place, {"keys", "revoke", number == 3 ? "viewer" : "operator"});
}

/// A command that changes the vault is one line here. `number` is fresh in every run.
std::vector<Change> changes() {
  return {
      {"snapshot", [](const auto& place, unsigned n) { return place.snapshot(n); }, 1, 0, 30},
      {"attestation", [](const auto& place, unsigned) { return place.attest(); }, 0, 1, 8},
      {"keys_add", add_key, 0, 0, 10},
      {"keys_revoke", revoke_key, 0, 0, 5},
      {"rotate", [](const auto& place, unsigned) { return keys_verb(place, {"rotate"}); }, 0, 0, 5},
  };
}

void PrintTo(const Change& change, std::ostream* out) { *out << change.name; }

/// A vault with two snapshots, of which every point gets a copy.
class CrashMatrix : public testing::TestWithParam<Change> {
 protected:
  CrashMatrix() : base_(home_.path() / "base") {
    fs::create_directory(base_.home());
    expect_done(base_.vault_create());
    expect_done(base_.snapshot(1));
    expect_done(base_.snapshot(2));
  }

  static void expect_done(const os::Command& command) {
    const os::Outcome outcome = os::run(command, {}, {});
    ASSERT_TRUE(outcome.status.ok()) << outcome.status.describe() << "\n" << outcome.err;
  }

  /// A copy of the vault as it was at the beginning. The last one is gone.
  CrashPlace fresh_copy() {
    const CrashPlace place(home_.path() / "copy");
    fs::remove_all(place.home());
    fs::copy(base_.home(), place.home(), fs::copy_options::recursive);
    return place;
  }

  /// Everything that was there reads back; of what was begun, all or nothing is.
  static Contents expect_whole(const CrashPlace& place, std::size_t most_snapshots,
                               std::size_t most_attestations) {
    const Contents now = place.read();
    EXPECT_EQ(now.problems, "");
    EXPECT_TRUE(now.one_chain);
    EXPECT_EQ(now.numbers.count(1), 1U);
    EXPECT_EQ(now.numbers.count(2), 1U);
    for (const auto& [number, times] : now.numbers) EXPECT_EQ(times, 1U) << "snapshot " << number;
    EXPECT_LE(now.numbers.size(), most_snapshots);
    EXPECT_LE(now.attestations, most_attestations);
    return now;
  }

  os::TempDir home_{parent_of_places(), "lifeboat-crash-"};
  CrashPlace base_;
};

TEST_P(CrashMatrix, ADeathBesideAnyStepLeavesTheVaultWholeAndTheNextRunSucceeds) {
  const Change& change = GetParam();
  const CrashPlace whole = fresh_copy();
  const os::Outcome done = whole.run(change.command(whole, 3), {});
  ASSERT_TRUE(done.status.ok()) << done.err;
  EXPECT_EQ(promises_broken(whole.steps()), "");
  const std::size_t steps = whole.steps().size();
  ASSERT_GE(steps, change.least_steps);

  std::size_t points = 0;
  bool killed = true;
  for (std::size_t at = 1; killed && !HasFailure(); ++at) {
    for (const bool before : {true, false}) {
      SCOPED_TRACE((before ? "before step " : "after step ") + std::to_string(at));
      const CrashPlace place = fresh_copy();
      killed = place.run(change.command(place, 3), {at, before}).status.signal == SIGKILL;
      if (!killed) break;
      ++points;
      const Contents left = expect_whole(place, 2 + change.snapshots, change.attestations);
      expect_done(change.command(place, 4));
      const std::size_t snapshots = left.numbers.size() + change.snapshots;
      const std::size_t attestations = left.attestations + change.attestations;
      const Contents next = expect_whole(place, snapshots, attestations);
      EXPECT_EQ(next.numbers.size(), snapshots);
      EXPECT_EQ(next.attestations, attestations);
    }
  }
  std::cout << "[  points  ] " << points << " crash points, " << change.name << "\n";
  // Folders of hashed names differ from run to run, and with them the steps that make them.
  EXPECT_GE(points, steps * 2 * 3 / 4);
}

INSTANTIATE_TEST_SUITE_P(Of, CrashMatrix, testing::ValuesIn(changes()),
                         [](const auto& of) { return std::string(of.param.name); });

/// Whether there is a vault, and its keys open it. A vault that no key opens fails the test.
bool stands(const CrashPlace& place) {
  if (!fs::exists(place.vault() / "format")) return false;
  for (const char* role : {"admin", "identity", "writer", "viewer", "operator", "pruner"}) {
    EXPECT_TRUE(fs::exists(place.home() / "keys" / (std::string(role) + ".key"))) << role;
  }
  EXPECT_EQ(place.read().problems, "");
  return true;
}

TEST(CrashMatrixOfCreate, ADeathBesideAnyStepLeavesNoVaultOrOneWithAllItsKeys) {
  const os::TempDir home(parent_of_places(), "lifeboat-crash-");
  const auto fresh_place = [&] {
    const CrashPlace place(home.path() / "new");
    fs::remove_all(place.home());
    fs::create_directory(place.home());
    return place;
  };
  std::size_t points = 0;
  bool killed = true;
  for (std::size_t at = 1; killed && !testing::Test::HasFailure(); ++at) {
    for (const bool before : {true, false}) {
      SCOPED_TRACE((before ? "before step " : "after step ") + std::to_string(at));
      const CrashPlace place = fresh_place();
      killed = place.run(place.vault_create(), {at, before}).status.signal == SIGKILL;
      if (!killed) {
        EXPECT_TRUE(stands(place));
        EXPECT_EQ(promises_broken(place.steps()), "");
        break;
      }
      ++points;
      const bool stood = stands(place);
      // Whatever was left is never replaced: done, or refused (15) with nothing changed.
      const os::Outcome again = os::run(place.vault_create(), {}, {});
      EXPECT_TRUE(again.status.ok() || again.status.code == 15) << again.err;
      EXPECT_EQ(stands(place), stood || again.status.ok());
      if (stood || again.status.ok()) continue;
      const CrashPlace cleared = fresh_place();
      EXPECT_TRUE(os::run(cleared.vault_create(), {}, {}).status.ok());
      EXPECT_TRUE(stands(cleared));
    }
  }
  std::cout << "[  points  ] " << points << " crash points, vault create\n";
  EXPECT_GE(points, 60U);
}

TEST(PromisesBroken, AreANameBeforeItsBytesAndARecordBeforeItsFolders) {
  const Step open{"open", "/v/data/.tmp-1", ""};
  const Step sync{"fsync", "/v/data/.tmp-1", ""};
  const Step link{"link", "/v/data/.tmp-1", "/v/data/a"};
  const Step sync_folder{"fsync", "/v/data", ""};
  const Step record{"link", "/v/snapshot/.tmp-2", "/v/snapshot/1"};
  const Step sync_records{"fsync", "/v/snapshot", ""};
  EXPECT_EQ(promises_broken({open, sync, link, sync_folder, record, sync_records}), "");
  EXPECT_EQ(promises_broken({open, link, sync, sync_folder}), "/v/data/a before its bytes\n");
  EXPECT_EQ(promises_broken({open, sync, link, record, sync_folder, sync_records}),
            "/v/snapshot/1 before what was put into /v/data\n");
  EXPECT_EQ(promises_broken({open, sync, link}), "never: /v/data\n");
}

}  // namespace
}  // namespace lifeboat::crash
