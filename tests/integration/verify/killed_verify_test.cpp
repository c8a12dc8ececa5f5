#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>

#include "integration/verify/proven_shop.h"

namespace lifeboat::verify {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::IsEmpty;

/// A directory for throwaway clusters that the server's user may pass through.
class LocalScratch : public ProvenShop {
 protected:
  void SetUp() override {
    ProvenShop::SetUp();
    fs::create_directory(parent_);
    for (const fs::path& folder : {vault_.home(), parent_}) {
      fs::permissions(folder, fs::perms{0755});
    }
  }

  [[nodiscard]] os::Command verify_command() const {
    return vault_.tool(
        "verify", vault::Role::identity,
        {"latest", "--scratch=local", "--scratch-dir=" + parent_.string(), "--json", "--quiet"});
  }

  os::Subprocess start() {
    os::Subprocess::Streams streams;
    streams.out = os::UniqueFd(open("/dev/null", O_WRONLY | O_CLOEXEC));
    streams.err = os::UniqueFd(open("/dev/null", O_WRONLY | O_CLOEXEC));
    return {verify_command(), std::move(streams)};
  }

  [[nodiscard]] std::vector<fs::path> clusters() const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(parent_)) found.push_back(entry.path());
    return found;
  }

  /// Processes whose command line names a throwaway cluster of this test.
  [[nodiscard]] std::vector<std::string> servers() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator("/proc")) {
      std::ifstream file(entry.path() / "cmdline");
      std::string line;
      std::getline(file, line);
      const bool server = line.find("postgres") != std::string::npos;
      if (server && line.find(parent_.string()) != std::string::npos) found.push_back(line);
    }
    return found;
  }

  fs::path parent_ = vault_.home() / "scratch";
};

TEST_F(LocalScratch, ProvesAndLeavesNothing) {
  const os::Outcome outcome = os::run(verify_command(), {}, {});
  EXPECT_TRUE(outcome.status.ok()) << outcome.err;
  EXPECT_THAT(std::string(as_text(outcome.out)), HasSubstr("\"verdict\": \"proven\""));
  EXPECT_THAT(clusters(), IsEmpty());
  EXPECT_THAT(servers(), IsEmpty());
}

TEST_F(LocalScratch, OfAKilledProofIsGoneAfterTheNext) {
  os::Subprocess run = start();
  // The owner's file names a server once one runs; then postmaster.pid says that it is ready.
  const auto ready = [&] {
    const auto found = clusters();
    if (found.empty()) return false;
    std::ifstream file(found[0] / "data" / "postmaster.pid");
    return std::string(std::istreambuf_iterator<char>(file), {}).find("ready") != std::string::npos;
  };
  while (!ready()) ASSERT_FALSE(run.wait_for(milliseconds(1))) << "it ended too early";
  ASSERT_THAT(servers(), testing::Not(IsEmpty()));
  run.signal(SIGKILL);
  ASSERT_EQ(run.wait().signal, SIGKILL);
  ASSERT_EQ(clusters().size(), 1U);
  const fs::path left = clusters()[0];

  const os::Outcome next = os::run(verify_command(), {}, {});
  EXPECT_TRUE(next.status.ok()) << next.err;
  EXPECT_THAT(std::string(as_text(next.out)), HasSubstr("\"verdict\": \"proven\""));
  EXPECT_FALSE(fs::exists(left));
  EXPECT_THAT(clusters(), IsEmpty());
  EXPECT_THAT(servers(), IsEmpty());
  EXPECT_EQ(vault_.history().attestations.size(), 1U) << "of the killed proof there is none";
  EXPECT_EQ(vault_.problems(), "");
}

TEST_F(LocalScratch, OfAnInterruptedProofIsGoneAtOnce) {
  os::Subprocess run = start();
  while (clusters().empty()) ASSERT_FALSE(run.wait_for(milliseconds(1)));
  run.signal(SIGTERM);
  EXPECT_EQ(run.wait().code, 5);
  EXPECT_THAT(clusters(), IsEmpty());
  EXPECT_THAT(servers(), IsEmpty());
  EXPECT_TRUE(vault_.history().attestations.empty());
}

}  // namespace
}  // namespace lifeboat::verify
