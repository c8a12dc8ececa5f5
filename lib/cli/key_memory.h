#ifndef LIFEBOAT_CLI_KEY_MEMORY_H_
#define LIFEBOAT_CLI_KEY_MEMORY_H_

#include <filesystem>
#include <optional>
#include <string>

#include "base/clock.h"

namespace lifeboat::cli {

/// The key by which this machine knows a TLS server, where nobody pinned one: the one that it
/// showed first, or was pinned anew, in a small file (docs/json-output.md, "The key file"). One
/// file a server, replaced whole.
class KeyMemory {
 public:
  /// `server` is HOST:PORT. `directory` empty = nothing can be remembered.
  KeyMemory(const std::filesystem::path& directory, std::string server);

  /// Whether there is a place to remember.
  [[nodiscard]] bool possible() const noexcept { return !file_.empty(); }
  /// The pin, or nothing if the server was never seen. Throws corrupt if the file is none of ours,
  /// denied.
  [[nodiscard]] std::optional<std::string> load() const;
  /// Throws denied, unavailable; usage if it is not possible().
  void keep(const std::string& pin, Instant now) const;

  [[nodiscard]] const std::filesystem::path& file() const noexcept { return file_; }

 private:
  std::filesystem::path file_;  // empty = off
  std::string server_;
};

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_KEY_MEMORY_H_
