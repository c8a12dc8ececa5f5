#ifndef LIFEBOAT_VAULT_GROWTH_H_
#define LIFEBOAT_VAULT_GROWTH_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "vault/added_bytes.h"

/// How fast a vault grows, and how often its sources are captured. Everything here is pure.
namespace lifeboat::vault {

/// What a trend needs: so many snapshots, so far apart.
inline constexpr std::size_t kLeastSnapshots = 3;
inline constexpr std::chrono::days kLeastSpan{1};

/// The trend of what is added, by Theil and Sen: through sums of added bytes over time.
struct Growth {
  double bytes_a_day = 0;  ///< the median of all slopes
  /// Their quartiles: half of all pairs of snapshots lie between them.
  double least = 0;
  double greatest = 0;
};

/// A trend, or how much there is too little for one.
struct GrowthFit {
  std::optional<Growth> growth;  ///< nothing = not known yet
  std::size_t snapshots = 0;     ///< that it rests on
  std::chrono::milliseconds span{0};
};

/// Of one source. What it added before the newest snapshot that a sweep took away is not known as a
/// whole, so only later ones count. Of more than 512 snapshots as many are taken, evenly; 1 MB.
[[nodiscard]] GrowthFit growth_of(const SourceSeries& series);
/// Of all sources together, from the moment on from which each of them is known as a whole.
[[nodiscard]] GrowthFit growth_of(const std::vector<SourceSeries>& all);

/// How one source is captured today.
struct Cadence {
  std::chrono::milliseconds every{0};  ///< the median of the newest 20 intervals
  std::uint64_t added_bytes = 0;       ///< by each snapshot
  bool by_trend = false;               ///< so that `added_bytes` is the trend's, not the median
  double share = 1;                    ///< of a snapshot's requests: one of so many sources
};

/// No source is taken more often than a scheduler ticks.
inline constexpr std::chrono::minutes kShortestInterval{10};

/// Nothing for a source with less than two snapshots, and for one that is no longer captured: its
/// newest is older than a week and three intervals.
[[nodiscard]] std::optional<Cadence> cadence_of(const SourceSeries& series, Instant now);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_GROWTH_H_
