#include "doctor/machine_checks.h"

#include <array>
#include <utility>

#include "base/error.h"
#include "base/units.h"
#include "os/file.h"

namespace lifeboat::doctor {
namespace {

/// A throwaway Postgres alone takes some 40 MB before the first row.
constexpr std::uint64_t kLeastFreeBytes = 200'000'000;
constexpr std::uint64_t kComfortableFreeBytes = 2'000'000'000;

Finding check_clock(const Surroundings& surroundings) {
  using namespace std::chrono;
  const Instant now = surroundings.clock.now();
  const std::string text = to_minute(now) + " UTC";
  if (now < sys_days{2024y / January / 1} || now > sys_days{2100y / January / 1}) {
    return {Level::danger, "the clock says " + text,
            "set the clock: snapshots are named, ordered and kept by time"};
  }
  return {Level::ok, text, ""};
}

Finding check_temp_writable(const Surroundings& surroundings) {
  try {
    const os::TempDir own(surroundings.temp_dir, "lifeboat-doctor-");
    static constexpr std::array<std::uint8_t, 4> kProbe = {'o', 'k', '?', '\n'};
    static_cast<void>(os::create_file(own.path() / "probe", kProbe, 0600));
  } catch (const Error& error) {
    return {Level::danger, error.message(), "set TMPDIR to a directory that this user may write"};
  }
  return {Level::ok, surroundings.temp_dir.string() + " can be written", ""};
}

Finding check_temp_space(const Surroundings& surroundings) {
  const std::uint64_t free = os::free_bytes(surroundings.temp_dir);
  const std::string what = human_bytes(free) + " free in " + surroundings.temp_dir.string();
  const std::string hint =
      "a local scratch takes about three times the database: free some, or set TMPDIR";
  if (free < kLeastFreeBytes) return {Level::danger, what, hint};
  if (free < kComfortableFreeBytes) return {Level::attention, what, hint};
  return {Level::ok, what, ""};
}

}  // namespace

std::vector<Check> machine_checks() {
  return {{"clock", "clock", check_clock},
          {"temp-writable", "temporary files", check_temp_writable},
          {"temp-space", "room for a scratch", check_temp_space}};
}

Check crypto_check(std::function<void()> initialize) {
  return {"crypto", "cryptography", [initialize = std::move(initialize)](const Surroundings&) {
            initialize();
            return Finding{Level::ok, "libsodium is ready", ""};
          }};
}

}  // namespace lifeboat::doctor
