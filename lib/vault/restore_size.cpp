#include "vault/restore_size.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "base/units.h"
#include "vault/growth.h"

namespace lifeboat::vault {
namespace {

constexpr std::uint64_t kPartBytes = 4 * kMiB;
constexpr std::uint64_t kPackBytes = 16 * kMiB;

std::uint64_t pieces(std::uint64_t bytes, std::uint64_t each) { return (bytes + each - 1) / each; }

/// Of each source the series that has its newest snapshot: a key may have been replaced.
std::map<std::string, const SourceSeries*> newest_series(const std::vector<SourceSeries>& all,
                                                         Instant now) {
  std::map<std::string, const SourceSeries*> newest;
  for (const SourceSeries& series : all) {
    const bool ended = series.additions.size() > 1 && !cadence_of(series, now);
    if (series.additions.empty() || ended) continue;
    const SourceSeries*& place = newest[series.source];
    if (place == nullptr || place->additions.back().time < series.additions.back().time) {
      place = &series;
    }
  }
  return newest;
}

/// Of the newest snapshot, by what the first one stored; or at the most what was read.
std::uint64_t size_of(const SourceSeries& series, bool& at_most) {
  const Addition& first = series.additions.front();
  const Addition& newest = series.additions.back();
  if (!series.begins_whole || first.read_bytes == 0) {
    at_most = at_most || newest.read_bytes > 0;
    return newest.read_bytes;
  }
  return static_cast<std::uint64_t>(
      std::llround(static_cast<double>(first.added_bytes) * static_cast<double>(newest.read_bytes) /
                   static_cast<double>(first.read_bytes)));
}

}  // namespace

RestoreSize restore_size(const std::vector<SourceSeries>& all, Instant now,
                         std::uint64_t pack_bytes) {
  RestoreSize size;
  for (const auto& [name, series] : newest_series(all, now)) {
    ++size.sources;
    size.bytes += size_of(*series, size.at_most);
  }
  size.bytes = std::min(size.bytes, pack_bytes);
  size.least_gets = pieces(size.bytes, kPartBytes);
  size.least_heads = pieces(size.bytes, kPackBytes);
  return size;
}

}  // namespace lifeboat::vault
