#ifndef LIFEBOAT_POSTGRES_SNAPSHOT_SESSIONS_H_
#define LIFEBOAT_POSTGRES_SNAPSHOT_SESSIONS_H_

#include <chrono>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "base/secret.h"
#include "postgres/snapshot_holder.h"
#include "pq/connection.h"

namespace lifeboat::postgres {

/// The sessions that stand in one held snapshot. Each exports it again, so that a newcomer takes it
/// from whichever still lives: no single connection is needed to the end. Thread-safe.
class SnapshotSessions {
 public:
  struct Options {
    Secret url;
    std::chrono::milliseconds lock_timeout{3000};  ///< also the pause between two tries
    int lock_tries = 5;
  };
  /// `snapshot` must outlive this, and so must whoever holds it until the first join().
  SnapshotSessions(Options options, const HeldSnapshot& snapshot, std::stop_token stop);

  /// Puts a session into the snapshot and locks its tables at once, without waiting: whoever queued
  /// an exclusive lock behind the snapshot's holder would otherwise make us wait for him, and he
  /// for us, which the server cannot see. Throws Error: busy (somebody waits for an exclusive lock;
  /// the caller rolls back), unavailable (every session that held the snapshot is gone).
  void join(pq::Connection& session);

  /// Ends the session's failed transaction, and joins again. Tries `lock_tries` times, because the
  /// other sessions hold the tables as well, and whoever queues behind them may give up.
  void rejoin(pq::Connection& session);

  /// A new session in the snapshot, in place of one that is lost. Tries again for some seconds if
  /// the server can't be reached. Throws what connecting and rejoin() throw.
  [[nodiscard]] pq::Connection replace();

 private:
  void import_snapshot(pq::Connection& session);
  void note(std::string name);
  [[nodiscard]] std::vector<std::string> names();
  void pause(std::chrono::milliseconds duration);

  Options options_;
  const HeldSnapshot& snapshot_;
  std::stop_token stop_;
  std::mutex mutex_;
  std::vector<std::string> names_;  ///< exported so far; those of ended sessions are void
};

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_SNAPSHOT_SESSIONS_H_
