#include <algorithm>
#include <cmath>

#include "base/theil_sen.h"
#include "drill/logbook.h"

namespace lifeboat::drill {
namespace {

using std::chrono::days;
using std::chrono::seconds;

constexpr std::size_t kLeastPoints = 5;
constexpr std::size_t kSpeeds = 5;
constexpr double kSecondsADay = 86400;
constexpr double kFarDays = 3652;

struct Point {
  double day = 0;  ///< since 1970
  double bytes = 0;
  double speed = 0;  ///< bytes of data a second of the whole recovery
};

std::vector<Point> points_of(const std::vector<const Result*>& results) {
  std::vector<Point> points;
  for (const Result* result : results) {
    const auto& measured = result->measured;
    if (!measured.rta || measured.rta->count() <= 0 || measured.read_bytes == 0) continue;
    const double seconds_taken = static_cast<double>(measured.rta->count()) / 1000;
    const auto bytes = static_cast<double>(measured.read_bytes);
    const auto at = static_cast<double>(result->declared.time_since_epoch().count()) / 1000;
    points.push_back({at / kSecondsADay, bytes, bytes / seconds_taken});
  }
  std::ranges::sort(points, {}, &Point::day);
  return points;
}

std::vector<double> slopes_of(const std::vector<Point>& points) {
  std::vector<PlanePoint> places;
  for (const Point& point : points) places.push_back({point.day, point.bytes});
  return pair_slopes(places);
}

}  // namespace

std::optional<Forecast> forecast_rto(const std::vector<const Result*>& results) {
  if (results.empty()) return std::nullopt;
  const auto newest =
      std::ranges::max_element(results, {}, [](const Result* each) { return each->declared; });
  const auto rto = (*newest)->objectives.rto;
  const std::vector<Point> points = points_of(results);
  if (!rto || points.size() < kLeastPoints) return std::nullopt;
  const std::vector<double> slopes = slopes_of(points);
  if (slopes.empty()) return std::nullopt;
  const double slope = quantile(slopes, 0.5);
  if (slope <= 0) return std::nullopt;
  std::vector<double> speeds;
  for (auto at = points.rbegin(); at != points.rend() && speeds.size() < kSpeeds; ++at) {
    speeds.push_back(at->speed);
  }
  const double most_bytes = quantile(speeds, 0.5) * static_cast<double>(rto->count()) / 1000;
  // The line goes through the middle of the points, as Theil and Sen have it.
  std::vector<double> levels;
  for (const Point& point : points) levels.push_back(point.bytes - slope * point.day);
  const double level = quantile(levels, 0.5);
  const double day = (most_bytes - level) / slope;
  const double from_now = day - points.back().day;
  if (!std::isfinite(day) || from_now > kFarDays) return std::nullopt;
  const auto days_at = [&](double of_slope) {
    const double now_bytes = level + slope * points.back().day;
    return of_slope > 0 ? (most_bytes - now_bytes) / of_slope : kFarDays;
  };
  const double spread =
      std::abs(days_at(quantile(slopes, 0.25)) - days_at(quantile(slopes, 0.75))) / 2;
  Forecast forecast;
  forecast.when = Instant(std::chrono::milliseconds(std::llround(day * kSecondsADay * 1000)));
  forecast.margin = seconds(std::llround(std::min(spread, kFarDays) * kSecondsADay));
  forecast.bytes_per_day = slope;
  forecast.points = points.size();
  return forecast;
}

std::string to_text(const Forecast& forecast) {
  constexpr long kWeek = 7;
  const auto margin_days = std::max(
      1L,
      static_cast<long>(std::llround(static_cast<double>(forecast.margin.count()) / kSecondsADay)));
  const bool weeks = margin_days >= 2 * kWeek;
  const long count = weeks ? (margin_days + kWeek / 2) / kWeek : margin_days;
  return to_rfc3339(forecast.when).substr(0, 10) + " ± " + std::to_string(count) +
         (weeks        ? " weeks"
          : count == 1 ? " day"
                       : " days");
}

}  // namespace lifeboat::drill
