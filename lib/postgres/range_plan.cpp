#include "postgres/range_plan.h"

#include <algorithm>

namespace lifeboat::postgres {
namespace {

constexpr int kTidRangeScans = 140000;  // before, each range would be a scan of the whole table

std::string tid_literal(const std::string& tid) { return "'" + tid + "'::pg_catalog.tid"; }

std::string start_of(std::uint64_t block) {
  return tid_literal("(" + std::to_string(block) + ",0)");
}

/// WHERE ..., or "" for all rows of the table.
std::string range_condition(const Range& range, const std::optional<std::string>& after) {
  std::string from;
  if (after) {
    from = "ctid > " + tid_literal(*after);
  } else if (range.first_block > 0 || range.end_block) {
    from = "ctid >= " + start_of(range.first_block);
  }
  if (from.empty()) return "";
  return "WHERE " + from + (range.end_block ? " AND ctid < " + start_of(*range.end_block) : "");
}

std::string copy_where(const Table& table, const std::string& condition) {
  return "COPY (SELECT " + table.copy_columns() + " FROM ONLY " + table.sql_name() +
         (condition.empty() ? "" : " " + condition) + ") TO STDOUT";
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

bool has_tids(const Table& table) { return table.heap && table.extension_condition.empty(); }

std::string copy_sql(const Table& table, const Range& range) {
  if (!table.extension_condition.empty()) return copy_where(table, table.extension_condition);
  return copy_where(table, range_condition(range, std::nullopt));
}

std::string copy_rest_sql(const Table& table, const Range& range, const std::string& tid) {
  return copy_where(table, range_condition(range, tid));
}

std::string copy_row_sql(const Table& table, const std::string& tid) {
  return copy_where(table, "WHERE ctid = " + tid_literal(tid));
}

std::string find_tid_sql(const Table& table, const Range& range,
                         const std::optional<std::string>& after, std::uint64_t skip) {
  return "SELECT ctid FROM ONLY " + table.sql_name() + " " + range_condition(range, after) +
         " OFFSET " + std::to_string(skip) + " LIMIT 1";
}

}  // namespace lifeboat::postgres
