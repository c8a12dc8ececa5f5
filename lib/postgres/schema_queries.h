#ifndef LIFEBOAT_POSTGRES_SCHEMA_QUERIES_H_
#define LIFEBOAT_POSTGRES_SCHEMA_QUERIES_H_

#include <string_view>
#include <vector>

namespace lifeboat::postgres {

/// A query for scope_sql() that gives (kind, identity, definition) of schema items. A definition
/// holds what a faithful restore brings back, and nothing that differs from one database to the
/// next: no OIDs, owners, privileges, tablespaces or versions of collations. search_path is ''.
struct ItemQuery {
  std::string_view sql;
  int least_version = 0;       ///< server_version_num from which it can run
  int below_version = 999999;  ///< and below which
};

/// Tables, columns, indexes, constraints, sequences, views, triggers, rules, policies, statistics.
[[nodiscard]] const std::vector<ItemQuery>& relation_queries();

/// Functions, aggregates, operators and their classes, casts, languages, event triggers.
[[nodiscard]] const std::vector<ItemQuery>& code_queries();

/// Schemas, extensions, types, collations, text search, foreign servers, publications, comments.
[[nodiscard]] const std::vector<ItemQuery>& object_queries();

/// Conversions, text search parsers and templates, transforms, access methods, subscriptions.
[[nodiscard]] const std::vector<ItemQuery>& rare_queries();

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_SCHEMA_QUERIES_H_
