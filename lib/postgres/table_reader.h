#ifndef LIFEBOAT_POSTGRES_TABLE_READER_H_
#define LIFEBOAT_POSTGRES_TABLE_READER_H_

#include <vector>

#include "postgres/catalogue.h"
#include "pq/connection.h"

namespace lifeboat::postgres {

/// Catalogue::tables with columns and keys, ordered by schema and name.
[[nodiscard]] std::vector<Table> read_tables(pq::Connection& connection);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_TABLE_READER_H_
