#include "postgres/range_plan.h"

#include <algorithm>

namespace lifeboat::postgres {
namespace {

constexpr int kTidRangeScans = 140000;  // before, each range would be a scan of the whole table

std::string tid(std::uint64_t block) {
  return "'(" + std::to_string(block) + ",0)'::pg_catalog.tid";
}

}  // namespace

std::vector<Range> plan_ranges(const Table& table, int server_version) {
  const bool whole =
      !table.heap || server_version < kTidRangeScans || !table.extension_condition.empty();
  std::vector<Range> ranges;
  std::uint64_t first = 0;
  for (; !whole && first + kRangeBlocks < table.blocks; first += kRangeBlocks) {
    ranges.push_back({first, first + kRangeBlocks});
  }
  ranges.push_back({first, std::nullopt});
  return ranges;
}

std::vector<RangeTask> plan_reading(const Catalogue& catalogue,
                                    const std::vector<std::size_t>& tables, int server_version) {
  std::vector<std::size_t> order = tables;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return catalogue.tables[a].total_bytes > catalogue.tables[b].total_bytes;
  });
  std::vector<RangeTask> tasks;
  for (const std::size_t table : order) {
    for (const Range& range : plan_ranges(catalogue.tables[table], server_version)) {
      tasks.push_back({table, range});
    }
  }
  return tasks;
}

std::string copy_sql(const Table& table, const Range& range) {
  std::string sql = "COPY (SELECT " + table.copy_columns() + " FROM ONLY " + table.sql_name();
  if (!table.extension_condition.empty()) {
    sql += " " + table.extension_condition;  // begins with WHERE
  } else if (range.first_block > 0 || range.end_block) {
    sql += " WHERE ctid >= " + tid(range.first_block);
    if (range.end_block) sql += " AND ctid < " + tid(*range.end_block);
  }
  return sql + ") TO STDOUT";
}

}  // namespace lifeboat::postgres
