#include "vault/growth.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "base/theil_sen.h"

namespace lifeboat::vault {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMostPoints = 512;
constexpr std::size_t kRecent = 20;
constexpr double kMsADay = 86'400'000;
constexpr std::chrono::days kQuiet{7};
constexpr int kMissedIntervals = 3;

double days_between(Instant from, Instant to) {
  return static_cast<double>((to - from).count()) / kMsADay;
}

/// The additions behind the newest that a sweep took away.
std::vector<Addition> known_additions(const SourceSeries& series) {
  std::vector<Addition> known;
  for (const Addition& one : series.additions) {
    if (one.seq > series.swept_seq) known.push_back(one);
  }
  return known;
}

/// Sums of added bytes over days; of many points as many as are allowed, first and last included.
std::vector<PlanePoint> sums_of(const std::vector<Addition>& additions) {
  std::vector<PlanePoint> all;
  double sum = 0;
  for (const Addition& one : additions) {
    sum += static_cast<double>(one.added_bytes);
    all.push_back({days_between(additions.front().time, one.time), sum});
  }
  if (all.size() <= kMostPoints) return all;
  std::vector<PlanePoint> some;
  for (std::size_t i = 0; i < kMostPoints; ++i) {
    some.push_back(all[i * (all.size() - 1) / (kMostPoints - 1)]);
  }
  return some;
}

/// `additions`: by time. `snapshots`: how many these are, each counted once.
GrowthFit fit(const std::vector<Addition>& additions, std::size_t snapshots) {
  GrowthFit fit{.growth = std::nullopt, .snapshots = snapshots};
  if (additions.empty()) return fit;
  fit.span = additions.back().time - additions.front().time;
  if (snapshots < kLeastSnapshots || fit.span < kLeastSpan) return fit;
  const std::vector<double> slopes = pair_slopes(sums_of(additions));
  fit.growth = Growth{.bytes_a_day = quantile(slopes, 0.5),
                      .least = quantile(slopes, 0.25),
                      .greatest = quantile(slopes, 0.75)};
  return fit;
}

/// What several sources added in one snapshot counts as one.
std::vector<Addition> merged(const std::vector<Addition>& additions) {
  std::vector<Addition> merged;
  std::map<SnapshotId, std::size_t> places;
  for (const Addition& one : additions) {
    const auto [place, fresh] = places.emplace(one.snapshot, merged.size());
    if (fresh) {
      merged.push_back(one);
    } else {
      merged[place->second].added_bytes += one.added_bytes;
    }
  }
  return merged;
}

double median_added(const std::vector<Addition>& additions) {
  std::vector<double> added;
  for (std::size_t i = 1; i < additions.size(); ++i) {
    added.push_back(static_cast<double>(additions[i].added_bytes));
  }
  return quantile(added, 0.5);
}

}  // namespace

GrowthFit growth_of(const SourceSeries& series) {
  const std::vector<Addition> known = known_additions(series);
  return fit(known, known.size());
}

GrowthFit growth_of(const std::vector<SourceSeries>& all) {
  std::vector<Addition> additions;
  Instant from = Instant::min();
  for (const SourceSeries& series : all) {
    const std::vector<Addition> known = known_additions(series);
    if (known.empty()) continue;
    if (series.swept_seq > 0) from = std::max(from, known.front().time);
    additions.insert(additions.end(), known.begin(), known.end());
  }
  std::erase_if(additions, [&](const Addition& one) { return one.time < from; });
  std::ranges::stable_sort(additions, {}, &Addition::time);
  additions = merged(additions);
  return fit(additions, additions.size());
}

std::optional<Cadence> cadence_of(const SourceSeries& series, Instant now) {
  const std::vector<Addition>& all = series.additions;
  if (all.size() < 2) return std::nullopt;
  std::vector<double> intervals;
  double share = 0;
  const std::size_t recent = std::min(kRecent, all.size() - 1);
  for (std::size_t i = all.size() - recent; i < all.size(); ++i) {
    intervals.push_back(static_cast<double>((all[i].time - all[i - 1].time).count()));
    share += 1 / static_cast<double>(all[i].sources);
  }
  Cadence cadence;
  cadence.every = std::max<milliseconds>(milliseconds(std::llround(quantile(intervals, 0.5))),
                                         kShortestInterval);
  cadence.share = share / static_cast<double>(recent);
  const auto quiet_for = now - all.back().time;
  if (quiet_for > kQuiet && quiet_for > kMissedIntervals * cadence.every) return std::nullopt;
  const GrowthFit fit = growth_of(series);
  cadence.by_trend = fit.growth.has_value();
  const double each =
      fit.growth ? fit.growth->bytes_a_day * (static_cast<double>(cadence.every.count()) / kMsADay)
                 : median_added(all);
  cadence.added_bytes = static_cast<std::uint64_t>(std::llround(std::max(each, 0.0)));
  return cadence;
}

}  // namespace lifeboat::vault
