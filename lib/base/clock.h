#ifndef LIFEBOAT_BASE_CLOCK_H_
#define LIFEBOAT_BASE_CLOCK_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace lifeboat {

/// An instant, UTC, to the millisecond.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

/// Wall-clock time, passed in so that tests need no sleeping. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant now() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override;
};

/// Moves only when told to.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(Instant start) : now_(start) {}
  [[nodiscard]] Instant now() const override { return now_; }
  void advance(std::chrono::milliseconds by) { now_ += by; }

 private:
  Instant now_;
};

/// RFC 3339 in UTC with milliseconds: 2026-11-23T03:12:09.120Z.
[[nodiscard]] std::string to_rfc3339(Instant instant);
/// "2026-11-23 03:12", for people.
[[nodiscard]] std::string to_minute(Instant instant);
/// Accepts RFC 3339 in UTC (`Z`), or `YYYY-MM-DD[THH:MM[:SS[.mmm]]]` taken as UTC.
[[nodiscard]] std::optional<Instant> parse_instant(std::string_view text);

}  // namespace lifeboat

#endif  // LIFEBOAT_BASE_CLOCK_H_
