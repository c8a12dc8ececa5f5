#ifndef LIFEBOAT_POSTGRES_SCRATCH_LEFTOVERS_H_
#define LIFEBOAT_POSTGRES_SCRATCH_LEFTOVERS_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace lifeboat::postgres {

/// A process that cannot be taken for a later one with the same number.
struct ProcessId {
  pid_t pid = 0;
  std::uint64_t started_ticks = 0;  ///< since boot: field 22 of /proc/<pid>/stat
  friend bool operator==(const ProcessId&, const ProcessId&) = default;
};

/// The process of that number as it is now, or nothing.
[[nodiscard]] std::optional<ProcessId> process_of(pid_t pid);

/// Names of scratch directories: "lifeboat-scratch-" and a random end.
inline constexpr const char* kScratchPrefix = "lifeboat-scratch-";

/// Writes who uses a scratch directory, so that a later run can tell what was left behind: our own
/// process, and the server once it runs.
void note_owner(const std::filesystem::path& scratch, const std::optional<ProcessId>& server);

/// Removes scratch directories under `parent` whose lifeboat is gone: ends their server if it is
/// still that very process, frees its shared memory, removes the files. Directories of other users
/// are left alone whatever is in them. Returns how many were removed.
std::size_t reap_leftovers(const std::filesystem::path& parent);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_SCRATCH_LEFTOVERS_H_
