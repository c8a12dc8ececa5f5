#ifndef LIFEBOAT_BASE_THEIL_SEN_H_
#define LIFEBOAT_BASE_THEIL_SEN_H_

#include <vector>

/// Trends that a few wild values do not bend: the middle one of the slopes of all pairs of points
/// (Theil and Sen). Pure.
namespace lifeboat {

struct PlanePoint {
  double x = 0;
  double y = 0;
};

/// The value below which that part of the values lies, 0 to 1, by proportion between neighbours:
/// 0.5 is the median. `values` must not be empty.
[[nodiscard]] double quantile(std::vector<double> values, double part);

/// The slopes between each two points that differ in x: up to n(n-1)/2 of them, 8 bytes each.
[[nodiscard]] std::vector<double> pair_slopes(const std::vector<PlanePoint>& points);

}  // namespace lifeboat

#endif  // LIFEBOAT_BASE_THEIL_SEN_H_
