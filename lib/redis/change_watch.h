#ifndef LIFEBOAT_REDIS_CHANGE_WATCH_H_
#define LIFEBOAT_REDIS_CHANGE_WATCH_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_set>
#include <vector>

#include "resp/connection.h"

namespace lifeboat::redis {

/// Hears of every key that is written on a server, by CLIENT TRACKING BCAST over RESP3 on a
/// connection of its own (the redirection of RESP2 fails silently). Used by one thread.
///
/// The server names keys without their database, and a flush without either. It does not tell of
/// SWAPDB, of FUNCTION, nor of what changes the consumer groups of a stream and nothing else
/// (XGROUP, XREADGROUP, XACK, XCLAIM, XAUTOCLAIM, XSETID): these have to be counted otherwise.
///
/// Memory: names of changed keys, at most `limit_bytes`; beyond, or when the connection ends, it is
/// deaf for good and says so.
class ChangeWatch {
 public:
  /// Hears from here on. Throws what a connection throws; denied if the server refuses.
  ChangeWatch(const resp::Url& url, std::stop_token stop, std::size_t limit_bytes,
              std::chrono::milliseconds keep_alive);

  /// Takes in what has come. Does not wait, but for a PING after each `keep_alive`: servers drop
  /// who is idle.
  void collect();
  /// When it returns, everything is in that was written before it was called. Two round trips: the
  /// server sends what it broadcasts at the end of the turn of its loop, behind replies.
  void barrier();

  /// The keys that changed since the last call.
  [[nodiscard]] std::vector<std::string> take_changed();
  [[nodiscard]] bool quiet() const noexcept { return changed_.empty() && !flushed_; }
  [[nodiscard]] bool flushed() const noexcept { return flushed_; }
  /// Why nothing can be said any more; empty while it hears.
  [[nodiscard]] const std::string& deaf() const noexcept { return deaf_; }
  [[nodiscard]] std::size_t held_bytes() const noexcept { return held_bytes_; }
  [[nodiscard]] std::size_t held_keys() const noexcept { return changed_.size(); }

 private:
  void sort_pushes();
  void note(const resp::Value& push);
  void become_deaf(std::string why);

  std::optional<resp::Connection> connection_;
  std::size_t limit_bytes_;
  std::chrono::milliseconds keep_alive_;
  std::unordered_set<std::string> changed_;
  std::size_t held_bytes_ = 0;
  bool flushed_ = false;
  std::string deaf_;
  std::chrono::steady_clock::time_point spoke_ = std::chrono::steady_clock::now();
};

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_CHANGE_WATCH_H_
