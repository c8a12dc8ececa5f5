#include "stream/pace.h"

#include <algorithm>
#include <condition_variable>

namespace lifeboat::stream {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kSavedUp{100};

}  // namespace

Pace::TimePoint Pace::count(std::uint64_t bytes, TimePoint now) {
  const std::chrono::duration<double> cost(static_cast<double>(bytes) /
                                           static_cast<double>(bytes_per_second_));
  const std::lock_guard lock(mutex_);
  next_ = std::max(next_, now - kSavedUp) + std::chrono::ceil<steady_clock::duration>(cost);
  return next_;
}

void Pace::keep(std::uint64_t bytes, const std::stop_token& stop) {
  const TimePoint due = count(bytes, steady_clock::now());
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any nobody_calls;
  static_cast<void>(nobody_calls.wait_until(lock, stop, due, [] { return false; }));
}

}  // namespace lifeboat::stream
