#ifndef LIFEBOAT_POSTGRES_SCRATCH_H_
#define LIFEBOAT_POSTGRES_SCRATCH_H_

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/observer.h"
#include "base/secret.h"
#include "os/throwaway_owner.h"
#include "postgres/catalogue.h"

namespace lifeboat::postgres {

/// A throwaway database to restore into. Destruction gives it back (local: stops the server and
/// removes its files; given: wipes it).
class Scratch {
 public:
  virtual ~Scratch() = default;
  [[nodiscard]] virtual const Secret& url() const = 0;
  /// "throwaway Postgres 15.20", "scratch database dr_scratch on db.example".
  [[nodiscard]] virtual std::string describe() const = 0;
  [[nodiscard]] virtual bool local() const = 0;
  /// Gives it back now and throws if that failed; the destructor only warns nobody.
  virtual void close() = 0;
};

/// Names of the directories of throwaway clusters: this and a random end.
inline constexpr const char* kScratchPrefix = "lifeboat-scratch-";

struct LocalScratchRequest {
  std::filesystem::path parent = {};  ///< empty = $TMPDIR or /tmp
  std::uint64_t expected_bytes = 0;   ///< free space is checked for this much (times three)
  int least_server_version = 0;       ///< server_version_num of the source
  std::string encoding = "UTF8";      ///< as the source has it
  std::string collate = {};           ///< used where this machine has it, else C.UTF-8
  std::string ctype = {};
};

/// initdb + postgres on a private Unix socket, tuned for a database that nobody keeps (fsync off,
/// wal_level minimal, autovacuum off). As root it runs under SUDO_UID, else postgres, else nobody.
/// First reaps what an earlier, killed run left under `parent` (pid and start time in a file).
/// Throws Error: not_found (no server binaries: names the package), unavailable (no space, did not
/// start: with the end of its log), denied (root and no other user).
[[nodiscard]] std::unique_ptr<Scratch> start_local_scratch(const LocalScratchRequest& request,
                                                           Observer& observer,
                                                           std::stop_token stop);

/// Ends and removes the throwaway clusters that killed runs left under `parent`; how many there
/// were. `starting` as in os::reap_leftovers(). start_local_scratch() does it by itself.
std::size_t reap_local_scratch(const std::filesystem::path& parent,
                               std::chrono::seconds starting = os::kStarting);

struct GivenScratchRequest {
  Secret url = {};
  bool adopt = false;                   ///< an empty database gets the mark
  std::optional<Identity> source = {};  ///< where the snapshot is from: never scratch
};

/// A given database that carries lifeboat's scratch mark (scratch_mark.h): wiped first, and again
/// by close(); the mark stays. Holds a lock on it, so that it serves one proof at a time.
/// Throws Error: refused (no mark, and it is not to be adopted or not empty: says what it holds;
/// the source; a standby), busy (another proof uses it), and what pq::Connection throws.
[[nodiscard]] std::unique_ptr<Scratch> open_given_scratch(const GivenScratchRequest& request,
                                                          std::stop_token stop);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_SCRATCH_H_
