#ifndef LIFEBOAT_POSTGRES_LEFT_BEHIND_H_
#define LIFEBOAT_POSTGRES_LEFT_BEHIND_H_

#include <vector>

#include "base/not_carried.h"
#include "postgres/catalogue.h"
#include "postgres/catalogue_reader.h"
#include "pq/connection.h"

namespace lifeboat::postgres {

/// What a capture by this role cannot hold, item by item (docs/postgres.md): rows of foreign
/// tables, tables and rows that are hidden from the role, invalid indexes, what pg_dump leaves out
/// without an error, and the platform's own schema. `tables` are those that were listed before the
/// locks. Reads catalogues only; waits for no lock.
[[nodiscard]] std::vector<NotCarried> name_left_behind(pq::Connection& connection,
                                                       const Catalogue& catalogue,
                                                       const std::vector<TableMark>& tables);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_LEFT_BEHIND_H_
