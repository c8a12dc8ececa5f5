#include "vault/added_bytes.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "vault/retention.h"

namespace lifeboat::vault {
namespace {

using SeriesByName = std::map<std::pair<std::string, KeyId>, SourceSeries>;

/// `bytes` in parts that are to each other as `weights`; equal ones where all of these are 0. They
/// add up to `bytes` exactly.
std::vector<std::uint64_t> split(std::uint64_t bytes, const std::vector<std::uint64_t>& weights) {
  long double all = 0;
  for (const std::uint64_t weight : weights) all += static_cast<long double>(weight);
  std::vector<std::uint64_t> parts;
  long double before = 0;
  std::uint64_t given = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    before += all == 0 ? 1 : static_cast<long double>(weights[i]);
    const long double whole = all == 0 ? static_cast<long double>(weights.size()) : all;
    const bool last = i + 1 == weights.size();
    const auto upto =
        last ? bytes : static_cast<std::uint64_t>(static_cast<long double>(bytes) * before / whole);
    parts.push_back(upto - given);
    given = upto;
  }
  return parts;
}

std::optional<Instant> forgotten_since(const SnapshotId& id, const PinsAndForgets& pins) {
  const auto found = pins.forgotten.find(id);
  if (found == pins.forgotten.end()) return std::nullopt;
  return found->second.since;
}

void add_parts(const SnapshotRecord& record, const PinsAndForgets& pins, SeriesByName& series) {
  const std::vector<SourceSummary>& sources = record.body->sources;
  std::vector<std::uint64_t> weights;
  for (const SourceSummary& source : sources) weights.push_back(source.read_bytes);
  const std::vector<std::uint64_t> parts = split(record.body->stored_bytes, weights);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    SourceSeries& one = series[{sources[i].name, record.link.author}];
    one.additions.push_back({.snapshot = record.id(),
                             .time = time_of(record),
                             .seq = record.link.seq,
                             .added_bytes = parts[i],
                             .read_bytes = sources[i].read_bytes,
                             .sources = sources.size(),
                             .forgotten = forgotten_since(record.id(), pins)});
  }
}

}  // namespace

std::uint64_t SourceSeries::added_bytes() const {
  std::uint64_t sum = 0;
  for (const Addition& one : additions) sum += one.added_bytes;
  return sum;
}

std::uint64_t AddedBytes::whole() const {
  std::uint64_t sum = 0;
  for (const SourceSeries& one : series) sum += one.added_bytes();
  return sum;
}

AddedBytes added_bytes(const History& history, const PinsAndForgets& pins) {
  AddedBytes added;
  SeriesByName series;
  for (const SnapshotRecord& record : history.snapshots) {
    if (pins.is_forgotten(record.id())) {
      ++added.forgotten;
      if (record.body) added.forgotten_bytes += record.body->stored_bytes;
    }
    if (!record.body) {
      ++added.sealed;
      continue;
    }
    if (record.body->sources.size() > 1) ++added.split;
    add_parts(record, pins, series);
  }
  for (auto& [key, one] : series) {
    one.source = key.first;
    one.writer = key.second;
    std::ranges::sort(one.additions, {},
                      [](const Addition& each) { return std::pair(each.time, each.seq); });
    one.begins_whole = history.swept.tombstone_below(one.writer, one.additions.front().seq) == 0;
    one.swept_seq =
        history.swept.tombstone_below(one.writer, std::numeric_limits<std::uint64_t>::max());
    added.series.push_back(std::move(one));
  }
  return added;
}

BytesByAge bytes_by_age(const SourceSeries& series, Instant now) {
  BytesByAge bytes{};
  for (const Addition& one : series.additions) {
    const auto age = now - one.time;
    const auto end =
        std::ranges::find_if(kAges, [&](std::chrono::days each) { return age < each; });
    bytes.at(static_cast<std::size_t>(end - kAges.begin())) += one.added_bytes;
  }
  return bytes;
}

}  // namespace lifeboat::vault
