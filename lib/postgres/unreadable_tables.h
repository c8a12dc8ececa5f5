#ifndef LIFEBOAT_POSTGRES_UNREADABLE_TABLES_H_
#define LIFEBOAT_POSTGRES_UNREADABLE_TABLES_H_

#include <string>
#include <vector>

#include "postgres/catalogue.h"
#include "pq/connection.h"

namespace lifeboat::postgres {

/// Fills in Table::definition and Table::afterwards of the tables that pg_dump has to leave out
/// because the role may not lock them. What hangs on them besides columns, defaults, constraints,
/// indexes and their row security's switch (triggers, rules, policies, grants, comments) is not in
/// it. Reads catalogues only, under the connection's present transaction.
void define_unreadable_tables(pq::Connection& connection, Catalogue& catalogue);

/// Throws Error(denied) that names the tables whose rows the role may not read, but for `accepted`
/// ones ("public.orders").
void refuse_unreadable_tables(const Catalogue& catalogue, const std::vector<std::string>& accepted);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_UNREADABLE_TABLES_H_
