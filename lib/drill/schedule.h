#ifndef LIFEBOAT_DRILL_SCHEDULE_H_
#define LIFEBOAT_DRILL_SCHEDULE_H_

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "config/scenario.h"
#include "drill/cron.h"

namespace lifeboat::drill {

/// Times at which nothing is due: dates, or hours of a week, both local.
class Blackout {
 public:
  /// "2026-12-20/2027-01-02" or "mon-fri 08:00-18:00", "daily 22:00-02:00". Throws Error(usage).
  [[nodiscard]] static Blackout parse(const std::string& text);
  [[nodiscard]] bool covers(LocalSeconds local) const;

 private:
  std::optional<std::pair<std::chrono::local_days, std::chrono::local_days>> dates_;
  std::bitset<7> weekdays_;  ///< on which it begins; 0 = Sunday
  std::chrono::minutes begin_{0};
  std::chrono::minutes end_{0};
};

/// What is due when. A value.
struct Schedule {
  Cron cron;
  TimeZone zone;
  std::vector<Blackout> blackouts = {};
  std::chrono::seconds min_interval{0};
  std::chrono::seconds start_within{0};  ///< 0 = until the next one is due
  std::chrono::seconds max_runtime{0};

  /// Of a drill; errors name the file's line. Throws Error(usage).
  [[nodiscard]] static Schedule of(const config::ScenarioSchedule& section,
                                   const std::string& file);
  /// Of a source in lifeboat.toml. Throws Error(usage).
  [[nodiscard]] static Schedule of_snapshots(const std::string& cron, const std::string& zone);

  /// The due times in (after, until], oldest first, blackouts and what comes too soon behind its
  /// predecessor left out; of more than `most` the newest. `taken` = the last one that was taken
  /// up; absent = none ever was.
  [[nodiscard]] std::vector<Instant> due_between(Instant after, Instant until, std::size_t most,
                                                 std::optional<Instant> taken) const;
  [[nodiscard]] Instant next_after(Instant time) const;
};

/// As names of objects have it: "20261123t0115z".
[[nodiscard]] std::string due_text(Instant due);
[[nodiscard]] std::optional<Instant> parse_due(std::string_view text);

}  // namespace lifeboat::drill

#endif  // LIFEBOAT_DRILL_SCHEDULE_H_
