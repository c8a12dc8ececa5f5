#ifndef LIFEBOAT_POSTGRES_LOCK_WATCH_H_
#define LIFEBOAT_POSTGRES_LOCK_WATCH_H_

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/observer.h"
#include "base/secret.h"
#include "postgres/capture.h"
#include "postgres/catalogue_reader.h"

namespace lifeboat::postgres {

/// A session that waits to change a table while we hold its lock.
struct LockWaiter {
  std::string table;        ///< "schema.name"
  std::string pid;          ///< of the server's process
  std::string application;  ///< application_name, or empty
  std::string user;         ///< or empty

  /// "process 4711 (psql, user shop)", for people. Its statement is not told: values stand in it.
  [[nodiscard]] std::string in_words() const;
};

/// Looks every half second, in a session of its own, who waits for a lock that excludes readers on
/// one of `tables`; every reader of these tables waits behind him. With OnLockWait::retry he is
/// named to the observer, now and then again; otherwise `give_way` is called once, on the watch's
/// thread, and the watch ends. Where no session is to be had, that is told, and nobody watches.
///
/// `tables` and the observer must outlive it; destruction joins. Thread-safe.
class LockWatch {
 public:
  struct Options {
    Secret url;
    OnLockWait policy = OnLockWait::retry;
    std::chrono::milliseconds interval{500};
    std::function<void()> give_way;
  };
  LockWatch(Options options, const std::vector<TableMark>& tables, Observer& observer);
  LockWatch(const LockWatch&) = delete;
  LockWatch& operator=(const LockWatch&) = delete;

  /// For whom give_way was called: empty = for nobody.
  [[nodiscard]] std::vector<LockWaiter> gave_way_to() const;

 private:
  void watch(const std::stop_token& stop);
  void look_on(const std::stop_token& stop);
  void tell(const std::vector<LockWaiter>& waiters);
  void pause(const std::stop_token& stop);

  struct Seen {
    std::chrono::steady_clock::time_point first;
    std::chrono::seconds told_at{0};
  };

  Options options_;
  const std::vector<TableMark>& tables_;
  Observer& observer_;
  std::map<std::pair<std::string, std::string>, Seen> seen_;  // by process and table
  mutable std::mutex mutex_;
  std::vector<LockWaiter> gave_way_to_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_LOCK_WATCH_H_
