#include "doctor/machine_checks.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.h"
#include "os/file.h"
#include "surroundings.h"

namespace lifeboat::doctor {
namespace {

TEST(MachineChecks, DistrustAClockThatIsYearsOff) {
  FakeSurroundings here({});
  EXPECT_EQ(find(machine_checks(), "clock", here.value).level, Level::ok);
  here.clock.advance(-std::chrono::hours(24 * 365 * 20));
  EXPECT_EQ(find(machine_checks(), "clock", here.value).level, Level::danger);
}

TEST(MachineChecks, FindATemporaryDirectoryThatIsMissing) {
  FakeSurroundings here({});
  EXPECT_EQ(find(machine_checks(), "temp-writable", here.value).level, Level::ok);
  here.value.temp_dir = "/nonexistent";
  const Finding finding = find(machine_checks(), "temp-writable", here.value);
  EXPECT_EQ(finding.level, Level::danger);
  EXPECT_NE(finding.hint.find("TMPDIR"), std::string::npos);
  EXPECT_EQ(find(machine_checks(), "temp-space", here.value).level, Level::danger);
}

TEST(MachineChecks, LeaveNothingBehindInTheTemporaryDirectory) {
  const os::TempDir folder("/tmp", "lifeboat-doctor-test-");
  FakeSurroundings here({});
  here.value.temp_dir = folder.path();
  EXPECT_EQ(find(machine_checks(), "temp-writable", here.value).level, Level::ok);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(CryptoCheck, IsADangerIfTheLibraryDoesNotStart) {
  const FakeSurroundings here({});
  EXPECT_EQ(find({crypto_check([] {})}, "crypto", here.value).level, Level::ok);
  const Check broken = crypto_check([] { throw Error(ErrorKind::internal, "no libsodium"); });
  EXPECT_EQ(find({broken}, "crypto", here.value).level, Level::danger);
}

}  // namespace
}  // namespace lifeboat::doctor
