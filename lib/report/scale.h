#ifndef LIFEBOAT_REPORT_SCALE_H_
#define LIFEBOAT_REPORT_SCALE_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"

/// Where values stand on an axis, and which of them are named there. Pure.
namespace lifeboat::report {

/// Maps [from, to] of the data to [start, end] of the drawing. An empty domain maps to the start.
struct Scale {
  double from = 0;
  double to = 1;
  double start = 0;
  double end = 1;

  [[nodiscard]] double operator()(double value) const {
    return to > from ? start + (value - from) / (to - from) * (end - start) : start;
  }
};

struct Tick {
  double value = 0;
  std::string label;
};

/// Round values from 0 to `longest`, no more than `most` (2 or more) and 0 among them, with the
/// unit that fits the step: "30 s", "15 min", "6 h", "2 d". Values are milliseconds.
[[nodiscard]] std::vector<Tick> duration_ticks(std::chrono::milliseconds longest, std::size_t most);
/// The same for sizes; values are bytes, units decimal: "500 MB".
[[nodiscard]] std::vector<Tick> byte_ticks(std::uint64_t largest, std::size_t most);

/// Hours, days, Mondays, months or years between two moments: the shortest step whose labels, in
/// that font's size, do not touch on an axis of `width`. Values are milliseconds since 1970, UTC.
[[nodiscard]] std::vector<Tick> time_ticks(Instant from, Instant to, double width,
                                           double font_size);

}  // namespace lifeboat::report

#endif  // LIFEBOAT_REPORT_SCALE_H_
