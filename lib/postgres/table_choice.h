#ifndef LIFEBOAT_POSTGRES_TABLE_CHOICE_H_
#define LIFEBOAT_POSTGRES_TABLE_CHOICE_H_

#include <string>
#include <vector>

#include "postgres/catalogue.h"

namespace lifeboat::postgres {

/// Tables as a person names them. A table is `orders`, `public.orders`, or that as SQL quotes it; a
/// bare name means the table of that name in every schema. Nothing given = all.
struct TableChoice {
  std::vector<std::string> tables = {};
  std::vector<std::string> schemas = {};
  std::vector<std::string> excluded = {};  ///< tables; taken from what the others leave

  [[nodiscard]] bool empty() const { return tables.empty() && schemas.empty() && excluded.empty(); }
};

/// Whether `name` means this table.
[[nodiscard]] bool is_meant(const std::string& name, const Table& table);

/// Which of Catalogue::tables are meant, as a mark for each; of whatever kind. Given both, a table
/// is chosen by its name or by its schema. Partitions go with their table. Pure.
/// Throws Error(usage), with the names that are near, if one of the names means nothing.
[[nodiscard]] std::vector<bool> choose_tables(const Catalogue& catalogue,
                                              const TableChoice& choice);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_TABLE_CHOICE_H_
