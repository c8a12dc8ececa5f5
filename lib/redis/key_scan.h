#ifndef LIFEBOAT_REDIS_KEY_SCAN_H_
#define LIFEBOAT_REDIS_KEY_SCAN_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "resp/connection.h"

namespace lifeboat::redis {

/// SCAN through the database that is selected on a connection, a batch at a time, asked for and
/// taken apart from each other. A key that is there all the time comes at least once. Used by one
/// thread. Memory: one batch.
class KeyScan {
 public:
  /// `connection` must outlive this. `type` as TYPE names it; empty = keys of all types.
  KeyScan(resp::Connection& connection, std::size_t depth, std::string_view type);

  /// Queues the call for the next batch; not while one is due, nor at the end.
  void ask();
  /// The names that it gave, none or about `depth` of them. Throws what a connection throws.
  [[nodiscard]] std::vector<std::string> take();
  /// Whether a batch was asked for and not taken.
  [[nodiscard]] bool is_due() const noexcept { return due_; }
  /// Whether all batches were taken.
  [[nodiscard]] bool at_end() const noexcept { return at_end_; }

 private:
  resp::Connection& connection_;
  std::string depth_;
  std::string type_;
  std::string cursor_ = "0";
  bool due_ = false;
  bool at_end_ = false;
};

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_KEY_SCAN_H_
