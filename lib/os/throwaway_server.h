#ifndef LIFEBOAT_OS_THROWAWAY_SERVER_H_
#define LIFEBOAT_OS_THROWAWAY_SERVER_H_

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "os/account.h"
#include "os/file.h"
#include "os/kept_process.h"
#include "os/subprocess.h"

namespace lifeboat::os {

/// Where throwaway servers are made: the given directory, made absolute, else $TMPDIR or /tmp.
[[nodiscard]] std::filesystem::path throwaway_parent(const std::filesystem::path& given);

/// A database server that nobody keeps, in a directory of its own, run as server_account(). It dies
/// with us, and its directory goes with this object; a run that was killed leaves the directory,
/// with the file by which reap_leftovers() knows it (throwaway_owner.h).
///
/// Used by one thread. Errors name the directory or the program and carry the end of its log.
class ThrowawayServer {
 public:
  /// Makes the directory: `prefix` and a random end. Throws unavailable, denied (no account).
  ThrowawayServer(const std::filesystem::path& parent, const std::string& prefix);

  [[nodiscard]] const std::filesystem::path& home() const noexcept { return home_.path(); }
  /// A directory in it that the server's account owns (0700); its path.
  std::filesystem::path make_directory(const std::string& name) const;
  /// A program of the server's, run as its account in `directory`, with a plain environment.
  [[nodiscard]] Command command(const std::filesystem::path& program,
                                std::vector<std::string> arguments,
                                const std::filesystem::path& directory) const;
  /// Starts it, its words going to a log; `end_signal` will ask it to end.
  void start(Command command, int end_signal);
  /// Asks `answers` until it is true. Throws unavailable, with the end of the log, if the server
  /// ends before or has not answered within a minute; cancelled.
  void wait_until(const std::function<bool()>& answers, const std::stop_token& stop);
  /// Ends it and removes all; throws if that failed. The destructor does the same and says nothing.
  void close();

 private:
  [[nodiscard]] std::string log_tail() const;

  std::optional<Account> account_;
  TempDir home_;                       // after the server has ended,
  std::optional<KeptProcess> server_;  // which is destroyed first
};

}  // namespace lifeboat::os

#endif  // LIFEBOAT_OS_THROWAWAY_SERVER_H_
