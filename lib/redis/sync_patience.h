#ifndef LIFEBOAT_REDIS_SYNC_PATIENCE_H_
#define LIFEBOAT_REDIS_SYNC_PATIENCE_H_

#include <chrono>

namespace lifeboat::redis {

/// How long to wait for the first byte of the RDB that replication sends.
struct SyncPatience {
  std::chrono::milliseconds loading{60'000};  ///< while the server loads its own data
  /// While it lets us wait: a save that runs, `repl-diskless-sync-delay` (5 s), and where it writes
  /// the RDB to its disk first, that too.
  std::chrono::milliseconds start{std::chrono::minutes(30)};
};

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_SYNC_PATIENCE_H_
