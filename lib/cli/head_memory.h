#ifndef LIFEBOAT_CLI_HEAD_MEMORY_H_
#define LIFEBOAT_CLI_HEAD_MEMORY_H_

#include <filesystem>
#include <vector>

#include "vault/witness.h"

namespace lifeboat::cli {

/// What this machine remembers of one vault: the newest head of each chain that it has seen, in a
/// small file (docs/json-output.md, "The memory file"). Whoever shows an older vault later is told
/// by it. Two processes may write at once: the file is replaced whole, the later one stays.
class HeadMemory {
 public:
  /// `directory` empty = remember nothing.
  HeadMemory(const std::filesystem::path& directory, const vault::VaultId& vault);

  /// Empty if there is no such file. Throws corrupt if it is none of ours.
  [[nodiscard]] std::vector<vault::SeenHead> load() const;

  /// Keeps the newer of what is remembered and what is given, chain by chain; writes nothing if
  /// nothing is newer. Throws denied, unavailable.
  void keep(const std::vector<vault::SeenHead>& heads) const;

  [[nodiscard]] const std::filesystem::path& file() const noexcept { return file_; }

 private:
  void write(const std::vector<vault::SeenHead>& heads) const;

  std::filesystem::path file_;  // empty = off
  vault::VaultId vault_;
};

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_HEAD_MEMORY_H_
