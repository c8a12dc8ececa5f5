#ifndef LIFEBOAT_OS_THROWAWAY_OWNER_H_
#define LIFEBOAT_OS_THROWAWAY_OWNER_H_

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace lifeboat::os {

/// A process that cannot be taken for a later one with the same number.
struct ProcessId {
  pid_t pid = 0;
  std::uint64_t started_ticks = 0;  ///< since boot: field 22 of /proc/<pid>/stat
  friend bool operator==(const ProcessId&, const ProcessId&) = default;
};

/// The process of that number as it is now, or nothing.
[[nodiscard]] std::optional<ProcessId> process_of(pid_t pid);

/// Writes into a throwaway directory who uses it, so that a later run can tell what was left
/// behind: our own process, and the server once it runs. Throws Error(unavailable).
void note_owner(const std::filesystem::path& directory, const std::optional<ProcessId>& server);

/// How long a directory may be without the file that names its owner: it is being started then.
inline constexpr std::chrono::seconds kStarting{120};

/// Removes directories under `parent` whose names begin with `prefix` and whose lifeboat is gone:
/// ends their server if it is still that very process, calls `before_removal` for what it held
/// outside, removes the files. One that names no owner is left behind once it is older than
/// `starting`: shorter is for who knows that nobody starts one there. Directories of other users
/// are left alone whatever is in them. Returns how many were removed.
std::size_t reap_leftovers(const std::filesystem::path& parent, const std::string& prefix,
                           const std::function<void(const std::filesystem::path&)>& before_removal,
                           std::chrono::seconds starting = kStarting);

}  // namespace lifeboat::os

#endif  // LIFEBOAT_OS_THROWAWAY_OWNER_H_
