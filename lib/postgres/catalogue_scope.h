#ifndef LIFEBOAT_POSTGRES_CATALOGUE_SCOPE_H_
#define LIFEBOAT_POSTGRES_CATALOGUE_SCOPE_H_

#include <string>
#include <string_view>
#include <vector>

#include "pq/connection.h"

namespace lifeboat::postgres {

/// Which objects of a database are the user's: the one place that says so, in SQL. A query that is
/// prefixed with scope_sql() can use
///   user_schema(oid, name)   name is quoted
///   member(classid, objid)   objects that belong to an extension
///   relation                 pg_class of user schemas without members, excluded and temporary
///                            relations, with full_name ("schema.name", quoted)
[[nodiscard]] std::string scope_sql(std::string_view query);

/// The texts as one parameter of type text[].
[[nodiscard]] std::string array_literal(const std::vector<std::string>& names);

/// Makes scope_sql() leave out these relations ("schema.name") in this session, and what hangs on
/// them: sequences of identity columns, too.
void exclude_relations(pq::Connection& connection, const std::vector<std::string>& tables);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_CATALOGUE_SCOPE_H_
