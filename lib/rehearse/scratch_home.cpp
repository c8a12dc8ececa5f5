#include "rehearse/scratch_home.h"

#include <chrono>
#include <thread>

#include "base/error.h"
#include "os/file.h"
#include "os/throwaway_owner.h"
#include "postgres/scratch.h"
#include "redis/scratch.h"
#include "seal/sha256.h"

namespace lifeboat::rehearse {
namespace fs = std::filesystem;

namespace {
constexpr std::size_t kNameDigits = 16;
constexpr auto kPassThrough = fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec;

/// A process that was killed still owns its server until the system has buried it.
constexpr std::chrono::seconds kDying{5};
constexpr std::chrono::milliseconds kLookAgain{100};

/// Killed before it could name itself as the owner: its drill is over, no server starts here now.
constexpr std::chrono::seconds kStarted{2};

/// Removes what nobody owns, and tells what is left.
std::vector<drill::Leak> clear_once(const fs::path& home) {
  // These end the servers of dead owners first; a live owner's are no leftovers of ours.
  postgres::reap_local_scratch(home, kStarted);
  os::reap_leftovers(home, redis::kScratchPrefix, {}, kStarted);
  std::error_code error;
  std::vector<drill::Leak> leaks;
  for (const auto& entry : fs::directory_iterator(home, error)) {
    leaks.push_back({"a throwaway server's folder", entry.path().string()});
  }
  if (leaks.empty()) fs::remove(home, error);
  if (leaks.empty() && fs::exists(home)) leaks.push_back({"the drill's folder", home.string()});
  return leaks;
}
}  // namespace

fs::path scratch_home(const fs::path& parent, const std::string& run) {
  const std::string hash = to_hex(seal::sha256(as_bytes(run)));
  return fs::absolute(parent) / ("lifeboat-drill-" + hash.substr(0, kNameDigits));
}

void make_scratch_home(const fs::path& home) {
  std::error_code error;
  fs::create_directory(home, error);
  if (!error) fs::permissions(home, kPassThrough, error);
  if (error) throw os::errno_error(error.value(), "make the folder " + home.string());
}

std::vector<drill::Leak> clear_scratch_home(const fs::path& home) {
  std::error_code error;
  if (!fs::exists(home, error)) return {};
  const auto patience = std::chrono::steady_clock::now() + kDying;
  std::vector<drill::Leak> leaks = clear_once(home);
  while (!leaks.empty() && std::chrono::steady_clock::now() < patience) {
    std::this_thread::sleep_for(kLookAgain);
    leaks = clear_once(home);
  }
  return leaks;
}

}  // namespace lifeboat::rehearse
