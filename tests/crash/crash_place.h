#ifndef LIFEBOAT_TESTS_CRASH_CRASH_PLACE_H_
#define LIFEBOAT_TESTS_CRASH_CRASH_PLACE_H_

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "os/subprocess.h"
#include "vault/types.h"

namespace lifeboat::crash {

/// Where the killing shim shall end a process: beside step `at`, or nowhere (0).
struct Point {
  std::size_t at = 0;
  bool before = true;
};

/// A step that the shim wrote down.
struct Step {
  std::string what;  ///< open, write, fsync, link, rename, mkdir, unlink
  std::string path;
  std::string to;  ///< of link and rename
};

/// What can be read in a vault, every byte of it compared.
struct Contents {
  std::string problems;                     ///< a line each; "" = whole
  std::map<unsigned, std::size_t> numbers;  ///< of snapshots, and how often each is there
  std::size_t attestations = 0;
  bool one_chain = false;  ///< sequence numbers 1, 2, 3 ... of one writer
};

/// A folder with a vault (vault/) and its keys (keys/).
class CrashPlace {
 public:
  explicit CrashPlace(std::filesystem::path home) : home_(std::move(home)) {}

  [[nodiscard]] const std::filesystem::path& home() const { return home_; }
  [[nodiscard]] std::filesystem::path vault() const { return home_ / "vault"; }
  [[nodiscard]] std::filesystem::path key(vault::Role role) const;
  [[nodiscard]] std::filesystem::path log() const { return home_.string() + ".steps"; }

  /// lifeboat-vault of this build: with a key of this place, or (create) with none.
  [[nodiscard]] os::Command vault_tool(std::vector<std::string> words, vault::Role role) const;
  [[nodiscard]] os::Command vault_create() const;
  [[nodiscard]] os::Command snapshot(unsigned number) const;
  [[nodiscard]] os::Command attest() const;
  /// The one step of marking and sweeping that is due.
  [[nodiscard]] os::Command sweep() const;

  /// Runs it under the shim, which counts what happens below home(). A fresh log.
  [[nodiscard]] os::Outcome run(os::Command command, Point point) const;
  /// The same for processes that run at once: nothing is written down.
  [[nodiscard]] os::Outcome run_without_log(os::Command command, Point point) const;
  [[nodiscard]] std::vector<Step> steps() const;

  /// Opens the vault with the identity of this place. Throws what opening throws.
  [[nodiscard]] Contents read() const;

 private:
  std::filesystem::path home_;
};

/// Where to put places: memory, if this machine has a folder of it. What a kill leaves does not
/// depend on the disk, and the time of a test would.
[[nodiscard]] std::filesystem::path parent_of_places();

/// Rows of a range of a synthetic snapshot: few, so that a run takes milliseconds; thousands with
/// LIFEBOAT_TEST_LONG=1.
[[nodiscard]] std::size_t synthetic_rows();

/// What would be lost by a power cut in spite of a step that promised otherwise; "" = nothing. An
/// object gets its name after the fsync of its bytes. A record gets its name after the fsync of
/// every folder that got a name before.
[[nodiscard]] std::string promises_broken(const std::vector<Step>& steps);

}  // namespace lifeboat::crash

#endif  // LIFEBOAT_TESTS_CRASH_CRASH_PLACE_H_
