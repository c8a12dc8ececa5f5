#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>

#include "harness/disk_vault.h"
#include "harness/faulty_store.h"
#include "harness/postgres_server.h"

namespace lifeboat {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// A vault with one snapshot of a database that has changed since.
class UnwritableVault : public testing::Test {
 protected:
  void SetUp() override {
    url_ = harness::shared_server().create_database("shop");
    harness::shared_server().execute(
        "shop",
        "CREATE TABLE orders (id int PRIMARY KEY, note text);"
        "INSERT INTO orders SELECT n, md5(n::text) FROM generate_series(1, 5000) n");
    vault_.take(url_);
    harness::shared_server().execute("shop", "UPDATE orders SET note = md5(note)");
  }
  void TearDown() override { harness::shared_server().drop_database("shop"); }

  void expect_only_the_earlier_snapshot() {
    EXPECT_EQ(vault_.problems(), "");
    const vault::History history = vault_.history();
    ASSERT_EQ(history.snapshots.size(), 1U);
    EXPECT_EQ(vault_.unreadable_tables(history.snapshots[0]), "");
  }

  Secret url_;
  harness::DiskVault vault_;
};

/// What became of a snapshot into a disk that is full from the `nth` object on.
std::optional<Error> take_until_full(harness::DiskVault& vault, const Secret& url, int nth) {
  harness::FaultyStore disk(vault.store());
  std::atomic<int> puts = 0;
  disk.call_before([&](harness::StoreOperation operation, const std::string&) {
    if (operation == harness::StoreOperation::put && ++puts == nth) disk.set_full(true);
  });
  snapshot::Request request;
  request.postgres.emplace_back().name = "shop";
  request.postgres.back().capture.url = url;
  SilentObserver observer;
  try {
    const vault::Vault writer = vault.open_as(vault::Role::writer, disk);
    static_cast<void>(snapshot::take(writer, request, SystemClock(), observer, {}));
    return std::nullopt;
  } catch (const Error& error) {
    return error;
  }
}

TEST_F(UnwritableVault, FullAtAnyObjectItKeepsWhatWasThereAndSaysSo) {
  int full_at = 1;
  while (const auto error = take_until_full(vault_, url_, full_at)) {
    EXPECT_EQ(error->kind(), ErrorKind::unavailable) << error->message();
    // Before the first object there is nothing to tell yet.
    if (full_at > 1) {
      EXPECT_THAT(error->kept(), HasSubstr("earlier snapshots are untouched"));
    }
    EXPECT_FALSE(error->hint().empty());
    expect_only_the_earlier_snapshot();
    ASSERT_LT(++full_at, 50) << "a snapshot never succeeds";
  }
  EXPECT_GE(full_at, 5) << "session, data, lists, index, record";
  const vault::History history = vault_.history();
  ASSERT_EQ(history.snapshots.size(), 2U);
  EXPECT_EQ(vault_.unreadable_tables(history.snapshots[0]), "");
}

void set_mode_below(const fs::path& root, fs::perms folders) {
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_directory()) fs::permissions(entry.path(), folders);
  }
  fs::permissions(root, folders);
}

void hand_over(const fs::path& root, const std::pair<uid_t, gid_t>& user) {
  ASSERT_EQ(chown(root.c_str(), user.first, user.second), 0);
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    ASSERT_EQ(chown(entry.path().c_str(), user.first, user.second), 0);
  }
}

TEST_F(UnwritableVault, ReadOnlyItIsDenied) {
  // Root may write everywhere: the tool runs as somebody who may not.
  const auto user = harness::unprivileged_user();
  fs::permissions(vault_.home(), fs::perms{0755});
  os::Command command =
      vault_.tool("snapshot", vault::Role::writer, {"--postgres=env:SHOP_URL", "--quiet"});
  command.program = vault_.home() / "lifeboat-snapshot";  // the build may lie where he has no way
  fs::copy_file(harness::tool_directory() / "lifeboat-snapshot", command.program);
  command.environment = {{"LIFEBOAT_VAULT", vault_.directory()},
                         {"SHOP_URL", url_.reveal()},
                         {harness::credential_variable(vault::Role::writer),
                          std::string(vault_.capability(vault::Role::writer).to_text().reveal())}};
  if (user) {
    command.user = user->first;
    command.group = user->second;
    hand_over(vault_.directory(), *user);
  }
  const std::size_t objects = vault_.object_count();
  set_mode_below(vault_.directory(), fs::perms{0500});
  const os::Outcome outcome = os::run(command, {}, {});
  EXPECT_EQ(outcome.status.code, 12) << outcome.status.describe();
  EXPECT_TRUE(outcome.out.empty());
  EXPECT_THAT(outcome.err, HasSubstr("lifeboat snapshot: "));
  EXPECT_THAT(outcome.err, HasSubstr("permission denied"));
  EXPECT_THAT(outcome.err, HasSubstr("hint: "));
  EXPECT_EQ(vault_.object_count(), objects);
  expect_only_the_earlier_snapshot();

  set_mode_below(vault_.directory(), fs::perms{0700});
  const os::Outcome again = os::run(command, {}, {});
  EXPECT_TRUE(again.status.ok()) << again.err;
}

}  // namespace
}  // namespace lifeboat
