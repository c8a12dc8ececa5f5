#ifndef LIFEBOAT_DRILL_CRON_H_
#define LIFEBOAT_DRILL_CRON_H_

#include <bitset>
#include <optional>
#include <string>
#include <vector>

#include "drill/time_zone.h"

namespace lifeboat::drill {

/// When something is due: docs/format/drill.md §1.2. A value.
class Cron {
 public:
  /// "15 2 * * sun". Throws Error(usage) that names the field; also on an expression that never
  /// fires ("0 0 31 feb *").
  [[nodiscard]] static Cron parse(const std::string& text);

  /// The first time it fires after `time`, and the last at or before it. Looks 28 years far, which
  /// is the calendar's period: it always finds one.
  [[nodiscard]] Seconds next_after(Seconds time, const TimeZone& zone) const;
  [[nodiscard]] Seconds last_until(Seconds time, const TimeZone& zone) const;

 private:
  [[nodiscard]] bool fits(std::chrono::local_days day) const;
  /// Ascending.
  [[nodiscard]] std::vector<Seconds> fires_on(std::chrono::local_days day,
                                              const TimeZone& zone) const;

  std::string text_;
  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<8> weekdays_;  ///< 0 = Sunday
  bool any_day_ = false;
  bool any_weekday_ = false;
  bool by_elapsed_time_ = false;
};

}  // namespace lifeboat::drill

#endif  // LIFEBOAT_DRILL_CRON_H_
