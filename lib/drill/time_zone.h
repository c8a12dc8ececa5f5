#ifndef LIFEBOAT_DRILL_TIME_ZONE_H_
#define LIFEBOAT_DRILL_TIME_ZONE_H_

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

/// Local time of one place: RFC 8536 (TZif), as Debian's tzdata installs it. (The standard
/// library's own time zones come with a later compiler than the oldest that builds us.)
namespace lifeboat::drill {

using Seconds = std::chrono::sys_seconds;                            ///< UTC
using LocalSeconds = std::chrono::local_time<std::chrono::seconds>;  ///< as a clock there shows it

/// A value; copies share what was read. Thread-safe.
class TimeZone {
 public:
  /// "UTC" without any file, else FOLDER/NAME. Throws Error(usage) for a name that is none or a
  /// folder that is not there; corrupt if the file is no TZif of version 2 or later.
  [[nodiscard]] static TimeZone load(const std::string& name,
                                     const std::filesystem::path& folder = "/usr/share/zoneinfo");
  /// Parses the bytes of such a file.
  [[nodiscard]] static TimeZone parse(ByteView bytes, const std::string& name);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// East of Greenwich.
  [[nodiscard]] std::chrono::seconds offset_at(Seconds time) const;
  [[nodiscard]] LocalSeconds local(Seconds time) const {
    return LocalSeconds(time.time_since_epoch() + offset_at(time));
  }
  /// The first moment at which clocks there show `local`; if none does, the first behind the gap.
  [[nodiscard]] Seconds first_moment(LocalSeconds local) const;

 private:
  struct Rules;
  explicit TimeZone(std::string name) : name_(std::move(name)) {}

  std::string name_;
  std::shared_ptr<const Rules> rules_ = nullptr;  // shared by copies; nothing = UTC
};

/// The part of a POSIX TZ string (RFC 8536 §3.3) that holds for all years behind a table's end.
class YearlyRule {
 public:
  /// "CET-1CEST,M3.5.0,M10.5.0/3". Throws Error(corrupt).
  [[nodiscard]] static YearlyRule parse(std::string_view text);
  [[nodiscard]] std::chrono::seconds offset_at(Seconds time) const;

 private:
  struct Day {
    enum class Kind { julian_without_leap, day_of_year, weekday_of_month };
    Kind kind = Kind::weekday_of_month;
    int day = 0;  ///< of the year, or of the week (0 = Sunday)
    int week = 0;
    int month = 0;
    std::chrono::seconds time{2 * 3600};  ///< after local midnight; may be negative
    [[nodiscard]] LocalSeconds in(std::chrono::year year) const;
  };
  class Reader;

  std::chrono::seconds standard_{0};
  std::chrono::seconds summer_{0};
  bool has_summer_ = false;
  Day begins_;
  Day ends_;
};

}  // namespace lifeboat::drill

#endif  // LIFEBOAT_DRILL_TIME_ZONE_H_
