#ifndef LIFEBOAT_POSTGRES_RANGE_PLAN_H_
#define LIFEBOAT_POSTGRES_RANGE_PLAN_H_

#include <cstddef>
#include <string>
#include <vector>

#include "postgres/capture.h"
#include "postgres/catalogue.h"

namespace lifeboat::postgres {

/// Ranges end at multiples of this many blocks, whatever the table's size: 32 MiB of heap.
inline constexpr std::uint64_t kRangeBlocks = 4096;

/// One COPY.
struct RangeTask {
  std::size_t table = 0;  ///< indexes Catalogue::tables
  Range range;
};

/// The ranges that together hold every row of a table exactly once; the last one is open, so rows
/// in blocks that come later are covered too.
[[nodiscard]] std::vector<Range> plan_ranges(const Table& table, int server_version);

/// All ranges of these tables, in the order to read them: biggest table first.
[[nodiscard]] std::vector<RangeTask> plan_reading(const Catalogue& catalogue,
                                                  const std::vector<std::size_t>& tables,
                                                  int server_version);

/// COPY ... TO STDOUT for one range.
[[nodiscard]] std::string copy_sql(const Table& table, const Range& range);

/// Whether rows of the range can be told by their TID, and come in its order.
[[nodiscard]] bool has_tids(const Table& table);
/// The rest of a range, behind the row at `tid` ("(7,3)"). Needs has_tids().
[[nodiscard]] std::string copy_rest_sql(const Table& table, const Range& range,
                                        const std::string& tid);
/// The one row at `tid`, or nothing. Needs has_tids().
[[nodiscard]] std::string copy_row_sql(const Table& table, const std::string& tid);
/// SELECT of the TID of the row that stands behind `skip` others in the range (behind the row at
/// `after`, if given), without reading its values. Needs has_tids().
[[nodiscard]] std::string find_tid_sql(const Table& table, const Range& range,
                                       const std::optional<std::string>& after, std::uint64_t skip);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_RANGE_PLAN_H_
