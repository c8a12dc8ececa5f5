#include <gmock/gmock.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cstring>

#include "integration/restore/shop_target.h"
#include "os/file.h"

namespace lifeboat::restore {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// The target's files lie in a file system of a size of its own.
class FullTarget : public ShopTarget {
 protected:
  void SetUp() override {
    const auto user = harness::unprivileged_user();
    if (mount("tmpfs", place_.path().c_str(), "tmpfs", 0, "size=64m") != 0) {
      GTEST_SKIP() << "no file system can be mounted here: " << std::strerror(errno);
    }
    mounted_ = true;
    if (user) {
      ASSERT_EQ(chown(place_.path().c_str(), user->first, user->second), 0);
    }
    ShopTarget::SetUp();
    // Several times what is free once the empty database is there.
    server().execute("shop",
                     "CREATE TABLE big AS SELECT n, repeat(md5(n::text), 20) AS note"
                     "  FROM generate_series(1, 12000) n; ALTER TABLE big OWNER TO tenant;"
                     "CREATE INDEX big_note ON big (md5(note), n)");
    vault_.take(server().url("shop", "tenant"));
    expected_ = contents("shop");
    server().drop_database("target");
    server().execute("postgres",
                     "CREATE TABLESPACE small LOCATION '" + place_.path().string() + "'");
    server().execute("postgres", "CREATE DATABASE target OWNER tenant TABLESPACE small");
  }
  void TearDown() override {
    if (!mounted_) return;
    ShopTarget::TearDown();
    server().execute("postgres", "DROP TABLESPACE IF EXISTS small");
    EXPECT_EQ(umount(place_.path().c_str()), 0) << std::strerror(errno);
  }

  /// Room beside what is in use already; the server writes in pages of 8 kB.
  void leave_free(int megabytes) const {
    const int used =
        std::stoi(server().value("postgres", "SELECT pg_tablespace_size('small') / 1048576 + 1"));
    const std::string size = "size=" + std::to_string(used + megabytes) + "m";
    ASSERT_EQ(mount("tmpfs", place_.path().c_str(), "tmpfs", MS_REMOUNT, size.c_str()), 0)
        << std::strerror(errno);
  }

  os::TempDir place_{"/tmp", "lifeboat-full-"};
  bool mounted_ = false;
};

TEST_F(FullTarget, IsAClearErrorAtAnyFillAndWithRoomTheSameCommandGoesOn) {
  int ended = 0;
  for (int piece = 0; piece < 2; ++piece) {
    leave_free(2);
    try {
      static_cast<void>(restore(target()));
    } catch (const Error& error) {
      ++ended;
      EXPECT_EQ(error.kind(), ErrorKind::unavailable) << error.message();
      EXPECT_THAT(error.message(), AllOf(HasSubstr("No space left on device"), HasSubstr("53100")));
      EXPECT_THAT(error.kept(), HasSubstr("lifeboat_restore"));
      EXPECT_THAT(error.hint(), HasSubstr("make room"));
      EXPECT_EQ(postgres::inspect_target(server().url("target")).unfinished_snapshot,
                vault_.history().snapshots.front().id().hex());
    }
  }
  EXPECT_EQ(ended, 2);
  leave_free(100);
  expect_whole(restore(target()));
}

}  // namespace
}  // namespace lifeboat::restore
