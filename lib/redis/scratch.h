#ifndef LIFEBOAT_REDIS_SCRATCH_H_
#define LIFEBOAT_REDIS_SCRATCH_H_

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>

#include "base/observer.h"
#include "base/secret.h"

namespace lifeboat::redis {

/// A throwaway server to restore into, on a private Unix socket: it writes nothing to disk, evicts
/// nothing and does not trust payloads. Destruction ends it and removes its directory.
class Scratch {
 public:
  virtual ~Scratch() = default;
  [[nodiscard]] virtual const Secret& url() const = 0;
  /// "throwaway Redis 7.0.15".
  [[nodiscard]] virtual std::string describe() const = 0;
  /// Gives it back now and throws if that failed.
  virtual void close() = 0;
};

/// Names of the directories of throwaway servers: this and a random end.
inline constexpr const char* kScratchPrefix = "lifeboat-redis-";

struct ScratchRequest {
  std::filesystem::path parent =
      {};                            ///< empty = $TMPDIR or /tmp; only a socket and a log lie there
  std::string engine = "redis";      ///< of the source: its server is taken before the other one
  std::uint32_t databases = 16;      ///< how many it must have
  std::uint64_t expected_bytes = 0;  ///< of records: that much memory has to be free
};

/// Starts redis-server or valkey-server, whichever is installed, as an ordinary user (os::
/// server_account()). First reaps what an earlier, killed run left under `parent`. Throws Error:
/// not_found (neither is installed: names the packages), unavailable (too little memory, did not
/// start: with the end of its log), denied (root and no other user), usage (path too long).
[[nodiscard]] std::unique_ptr<Scratch> start_scratch(const ScratchRequest& request,
                                                     Observer& observer, std::stop_token stop);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_SCRATCH_H_
