#include "base/theil_sen.h"

#include <algorithm>

#include "base/error.h"

namespace lifeboat {

double quantile(std::vector<double> values, double part) {
  if (values.empty()) throw Error(ErrorKind::internal, "a quantile of nothing was asked for");
  std::ranges::sort(values);
  const double place = part * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const auto above = std::min(below + 1, values.size() - 1);
  return values[below] + (place - static_cast<double>(below)) * (values[above] - values[below]);
}

std::vector<double> pair_slopes(const std::vector<PlanePoint>& points) {
  std::vector<double> slopes;
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (std::size_t j = i + 1; j < points.size(); ++j) {
      const double apart = points[j].x - points[i].x;
      if (apart != 0) slopes.push_back((points[j].y - points[i].y) / apart);
    }
  }
  return slopes;
}

}  // namespace lifeboat
