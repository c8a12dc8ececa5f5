#include "postgres/long_rows.h"

#include <algorithm>

#include "base/error.h"
#include "base/units.h"

namespace lifeboat::postgres {
namespace {

/// What lz4 can make of kLongRowBytes at best: less TOAST holds no long row.
constexpr std::uint64_t kLeastToastBytes = 64 * kKiB;
constexpr std::uint64_t kMostHeapBytes = 256 * kMiB;

/// octet_length() of a stored value reads the length beside it, not the value; a type that has none
/// would have to be printed. bytea is printed with two digits a byte.
std::string length_of(const Column& column) {
  const std::string name = quote_identifier(column.name);
  const auto is = [&](std::string_view type) { return column.type.starts_with(type); };
  const bool array = column.type.ends_with("[]");
  if (!array && is("bytea")) return "2 * pg_catalog.octet_length(" + name + ")::bigint";
  if (!array && (is("text") || is("character"))) {
    return "pg_catalog.octet_length(" + name + ")::bigint";
  }
  return "pg_catalog.pg_column_size(" + name + ")::bigint";
}

std::string length_sql(const Table& table, bool sampled, std::uint64_t heap_bytes) {
  std::string sum;
  for (const Column& column : table.columns) {
    if (column.generated) continue;
    sum += (sum.empty() ? "" : " + ") + ("coalesce(" + length_of(column) + ", 0)");
  }
  const std::string share =
      std::to_string(100.0 * static_cast<double>(kMostHeapBytes) / static_cast<double>(heap_bytes));
  return "SELECT count(*), coalesce(pg_catalog.max(n), 0) FROM (SELECT " + sum +
         " AS n FROM ONLY " + table.sql_name() +
         (sampled ? " TABLESAMPLE SYSTEM (" + share + ")" : "") + ") AS lengths WHERE n > " +
         std::to_string(kLongRowBytes);
}

bool may_have_long_rows(const Table& table, std::uint64_t heap_bytes) {
  return table.carries_rows() && table.heap && table.extension_condition.empty() &&
         table.toast_filenode != 0 && !table.copy_columns().empty() &&
         table.total_bytes >= heap_bytes + kLeastToastBytes;
}

}  // namespace

std::vector<LongRows> find_long_rows(pq::Connection& connection, const Catalogue& catalogue) {
  std::vector<LongRows> found;
  for (const Table& table : catalogue.tables) {
    const std::uint64_t heap_bytes =
        table.blocks * static_cast<std::uint64_t>(catalogue.block_size);
    if (!may_have_long_rows(table, heap_bytes)) continue;
    const bool sampled = heap_bytes > kMostHeapBytes;
    connection.execute("SAVEPOINT lengths");
    try {
      const pq::Rows row = connection.query(length_sql(table, sampled, heap_bytes));
      connection.execute("RELEASE SAVEPOINT lengths");
      if (row.integer(0, 0) == 0) continue;
      found.push_back({table.sql_name(), static_cast<std::uint64_t>(row.integer(0, 0)),
                       static_cast<std::uint64_t>(row.integer(0, 1)), sampled});
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::cancelled || !connection.alive()) throw;
      connection.execute("ROLLBACK TO SAVEPOINT lengths");
    }
  }
  return found;
}

std::uint64_t memory_for(const std::vector<LongRows>& found, int jobs) {
  std::uint64_t longest = 0;
  std::uint64_t rows = 0;
  for (const LongRows& table : found) {
    longest = std::max(longest, table.longest_bytes);
    rows += table.sampled ? static_cast<std::uint64_t>(jobs) : table.rows;
  }
  const std::uint64_t at_once = std::min(rows, static_cast<std::uint64_t>(std::max(jobs, 1)));
  return 160 * kMiB + at_once * (longest / 10) * 22;
}

}  // namespace lifeboat::postgres
