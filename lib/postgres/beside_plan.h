#ifndef LIFEBOAT_POSTGRES_BESIDE_PLAN_H_
#define LIFEBOAT_POSTGRES_BESIDE_PLAN_H_

#include <set>
#include <string>
#include <vector>

#include "base/not_carried.h"
#include "postgres/table_choice.h"

namespace lifeboat::postgres {

/// A primary key, unique constraint or unique index of a table in its new place.
struct BesideKey {
  std::string name;   ///< as the source has it; unquoted
  std::string label;  ///< for people: "primary key orders_pkey of orders"
  std::string sql;
  bool is_constraint = false;
};

/// One plain table to make: an ordinary table, or a partitioned one with the rows of all its
/// partitions.
struct BesideTable {
  std::string name;
  std::string sql_name;              ///< in its new schema
  std::vector<Column> columns;       ///< without those that are computed
  std::vector<std::size_t> sources;  ///< in Catalogue::tables: whose rows go into it
  std::vector<BesideKey> keys;
};

/// What will be made in one schema beside live data, as a value.
struct BesidePlan {
  std::string schema;
  std::vector<BesideTable> tables;
  std::vector<NotCarried> left_out;  ///< columns that are computed, rows the snapshot lacks

  /// Every relation to make: no other may have one of these names.
  [[nodiscard]] std::vector<std::string> names() const;
  /// The types of all columns, as SQL writes them, once each.
  [[nodiscard]] std::set<std::string> types() const;
};

/// Pure. Partitions are tables of their own only if they are chosen without their parent.
/// Throws Error(usage): a schema that may not be used, a name that means nothing or no table with
/// rows, tables of several schemas.
[[nodiscard]] BesidePlan plan_beside(const Catalogue& catalogue, const TableChoice& choice,
                                     const std::string& schema);

/// CREATE TABLE; columns of the types in `as_text` are text.
[[nodiscard]] std::string create_sql(const BesideTable& table,
                                     const std::set<std::string>& as_text);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_BESIDE_PLAN_H_
