#ifndef LIFEBOAT_STREAM_PACE_H_
#define LIFEBOAT_STREAM_PACE_H_

#include <chrono>
#include <cstdint>
#include <mutex>
#include <stop_token>

namespace lifeboat::stream {

/// Keeps several threads together at or below a rate. Thread-safe.
///
/// What was not used is not saved up, but for a tenth of a second: after a pause the rate is the
/// same as before it.
class Pace {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// `bytes_per_second` > 0.
  explicit Pace(std::uint64_t bytes_per_second) : bytes_per_second_(bytes_per_second) {}

  /// Counts bytes that came at `now`: when the next may come.
  [[nodiscard]] TimePoint count(std::uint64_t bytes, TimePoint now);

  /// Counts bytes that came now, and sleeps until the next may. Returns at once on a stop request.
  void keep(std::uint64_t bytes, const std::stop_token& stop);

 private:
  std::uint64_t bytes_per_second_;
  std::mutex mutex_;
  TimePoint next_{};
};

}  // namespace lifeboat::stream

#endif  // LIFEBOAT_STREAM_PACE_H_
