#ifndef LIFEBOAT_STREAM_BOUNDED_PIPE_H_
#define LIFEBOAT_STREAM_BOUNDED_PIPE_H_

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <utility>

namespace lifeboat::stream {

/// A queue between threads that holds at most `capacity` items: push() blocks while it is full
/// (back pressure), pop() while it is empty. Any number of pushers and poppers.
///
/// Failure travels both ways: after fail() every blocked or later call rethrows that exception.
template <typename Item>
class BoundedPipe {
 public:
  explicit BoundedPipe(std::size_t capacity) : capacity_(capacity) {}

  void push(Item item) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return failure_ || items_.size() < capacity_; });
    if (failure_) std::rethrow_exception(failure_);
    items_.push_back(std::move(item));
    changed_.notify_all();
  }

  /// The next item, or nothing once close() was called and the pipe has run dry.
  [[nodiscard]] std::optional<Item> pop() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return failure_ || closed_ || !items_.empty(); });
    if (failure_) std::rethrow_exception(failure_);
    if (items_.empty()) return std::nullopt;
    Item item = std::move(items_.front());
    items_.pop_front();
    changed_.notify_all();
    return item;
  }

  /// No more items will come.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

  /// Ends the pipe for both sides; the first failure wins.
  void fail(std::exception_ptr failure) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(failure);
    changed_.notify_all();
  }

 private:
  const std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Item> items_;
  std::exception_ptr failure_;
  bool closed_ = false;
};

}  // namespace lifeboat::stream

#endif  // LIFEBOAT_STREAM_BOUNDED_PIPE_H_
