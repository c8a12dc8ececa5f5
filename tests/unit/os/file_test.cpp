#include "os/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <fstream>
#include <thread>
#include <vector>

namespace lifeboat::os {
namespace {

namespace fs = std::filesystem;

class FileTest : public testing::Test {
 protected:
  fs::path at(const std::string& name) const { return folder_.path() / name; }
  std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()));
  }
  TempDir folder_{fs::temp_directory_path(), "lifeboat-file-"};
};

template <typename Work>
Error error_of(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  return {ErrorKind::internal, "no error at all"};
}

TEST_F(FileTest, CreatesAFileWithItsBytesAndMode) {
  EXPECT_EQ(create_file(at("key"), as_bytes("secret"), 0600), CreateResult::created);
  EXPECT_EQ(as_text(read_file(at("key"), 100)), "secret");
  struct stat status {};
  ASSERT_EQ(::stat(at("key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  EXPECT_EQ(files(), 1U) << "a temporary file was left";
}

TEST_F(FileTest, NeverReplacesAFileNorFollowsADanglingLink) {
  EXPECT_EQ(create_file(at("one"), as_bytes("first"), 0600), CreateResult::created);
  EXPECT_EQ(create_file(at("one"), as_bytes("second"), 0600), CreateResult::exists);
  EXPECT_EQ(as_text(read_file(at("one"), 100)), "first");
  fs::create_symlink(at("nowhere"), at("link"));
  EXPECT_EQ(create_file(at("link"), as_bytes("x"), 0600), CreateResult::exists);
  EXPECT_FALSE(fs::exists(at("nowhere")));
  EXPECT_EQ(files(), 2U);
}

TEST_F(FileTest, LetsExactlyOneOfManyCreatorsWin) {
  std::vector<std::thread> creators;
  std::atomic<int> winners{0};
  for (int i = 0; i < 8; ++i) {
    creators.emplace_back([&, i] {
      const Bytes mine(100'000, static_cast<std::uint8_t>(i));
      if (create_file(at("race"), mine, 0600) == CreateResult::created) ++winners;
    });
  }
  for (std::thread& creator : creators) creator.join();
  EXPECT_EQ(winners, 1);
  EXPECT_EQ(read_file(at("race"), 1'000'000).size(), 100'000U);
  EXPECT_EQ(files(), 1U);
}

TEST_F(FileTest, SaysUnavailableAndCleansUpWhenTheDiskIsFull) {
  // A file-size limit fails like a full disk does, in the middle of a write.
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit tiny{1000, 1000};
    ::setrlimit(RLIMIT_FSIZE, &tiny);
    ::signal(SIGXFSZ, SIG_IGN);
    const Error error =
        error_of([&] { static_cast<void>(create_file(at("big"), Bytes(100'000, 1), 0600)); });
    ::_exit(error.message().find("write") != std::string::npos ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(files(), 0U) << "half a file was left";
}

TEST_F(FileTest, SaysWhatIsMissing) {
  const Error error = error_of([&] { static_cast<void>(read_file(at("none"), 10)); });
  EXPECT_EQ(error.kind(), ErrorKind::not_found);
  EXPECT_NE(error.message().find(at("none").string()), std::string::npos);
}

TEST_F(FileTest, RefusesAFileLongerThanTheLimit) {
  static_cast<void>(create_file(at("long"), as_bytes("12345"), 0600));
  EXPECT_EQ(read_file(at("long"), 5).size(), 5U);
  EXPECT_EQ(error_of([&] { static_cast<void>(read_file(at("long"), 4)); }).kind(),
            ErrorKind::corrupt);
}

TEST_F(FileTest, ReadsWhatHasNoSize) {
  // Files below /proc say that they are empty.
  EXPECT_FALSE(read_file("/proc/self/status", 1 << 20).empty());
}

TEST_F(FileTest, ReadsRangesAndStopsAtTheEnd) {
  static_cast<void>(create_file(at("part"), as_bytes("0123456789"), 0600));
  const UniqueFd fd = open_for_reading(at("part"));
  EXPECT_EQ(as_text(read_range(fd.get(), 3, 4)), "3456");
  EXPECT_EQ(as_text(read_range(fd.get(), 8, UINT64_MAX)), "89");
  EXPECT_TRUE(read_range(fd.get(), 10, 1).empty());
}

TEST_F(FileTest, TellsTimeAndSpace) {
  static_cast<void>(create_file(at("now"), as_bytes("x"), 0600));
  EXPECT_LT(std::chrono::abs(modified_at(at("now")) - SystemClock().now()),
            std::chrono::minutes(1));
  EXPECT_GT(free_bytes(folder_.path()), 0U);
}

TEST(TempDir, IsPrivateAndGoesWithAllItHolds) {
  fs::path path;
  {
    TempDir folder(fs::temp_directory_path(), "lifeboat-temp-");
    path = folder.path();
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
    fs::create_directories(path / "a/b");
    std::ofstream(path / "a/b/c") << "x";
    const TempDir moved = std::move(folder);
    EXPECT_EQ(moved.path(), path);
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(ErrnoError, HasTheKindThatFits) {
  EXPECT_EQ(errno_error(ENOENT, "x").kind(), ErrorKind::not_found);
  for (const int denied : {EACCES, EPERM, EROFS}) {
    EXPECT_EQ(errno_error(denied, "x").kind(), ErrorKind::denied);
  }
  for (const int full : {ENOSPC, EDQUOT}) {
    EXPECT_EQ(errno_error(full, "x").kind(), ErrorKind::unavailable);
    EXPECT_NE(errno_error(full, "x").hint().find("space"), std::string::npos);
  }
  EXPECT_EQ(errno_error(EIO, "x").kind(), ErrorKind::internal);
  EXPECT_EQ(errno_error(EACCES, "open a").message(), "open a: permission denied");
}

}  // namespace
}  // namespace lifeboat::os
