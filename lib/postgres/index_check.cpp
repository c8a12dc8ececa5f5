#include "postgres/index_check.h"

#include "postgres/catalogue.h"
#include "postgres/load_rows.h"
#include "postgres/session.h"

namespace lifeboat::postgres {
namespace {

constexpr std::chrono::seconds kLockTimeout{10};

constexpr const char* kIndexes =
    "SELECT n.nspname, c.relname FROM pg_catalog.pg_index i"
    " JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid"
    " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    " JOIN pg_catalog.pg_am a ON a.oid = c.relam"
    " WHERE a.amname = 'btree' AND c.relkind = 'i' AND i.indisvalid AND i.indisready"
    " AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'lifeboat_amcheck')"
    " ORDER BY pg_catalog.pg_relation_size(c.oid) DESC";

/// The index's expressions are computed anew, and may call functions that depend on the path.
std::optional<pq::ServerError> try_under_path(pq::Connection& connection, const std::string& path,
                                              const std::string& sql) {
  connection.execute("SET search_path = " + path);
  auto failure = connection.try_execute(sql);
  connection.execute("SELECT pg_catalog.set_config('search_path', '', false)");
  return failure;
}

}  // namespace

std::optional<IndexCheck> check_indexes(const Secret& url, std::stop_token stop) {
  pq::Connection connection = connect_pinned(url, std::move(stop), kLockTimeout);
  const pq::Rows available =
      connection.query("SELECT 1 FROM pg_catalog.pg_available_extensions WHERE name = 'amcheck'");
  if (available.size() == 0) return std::nullopt;
  connection.execute(
      "CREATE SCHEMA IF NOT EXISTS lifeboat_amcheck;"
      "CREATE EXTENSION IF NOT EXISTS amcheck SCHEMA lifeboat_amcheck");
  const pq::Rows indexes = connection.query(kIndexes);
  const std::string schema = connection
                                 .query(
                                     "SELECT n.nspname FROM pg_catalog.pg_extension e"
                                     " JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace"
                                     " WHERE e.extname = 'amcheck'")
                                 .text(0, 0);
  IndexCheck check;
  for (std::size_t row = 0; row < indexes.size(); ++row) {
    const std::string name =
        quote_identifier(indexes.text(row, 0)) + "." + quote_identifier(indexes.text(row, 1));
    const std::string sql = "SELECT " + quote_identifier(schema) + ".bt_index_check(" +
                            quote_literal(name) + "::pg_catalog.regclass, true)";
    auto failure = connection.try_execute(sql);
    if (failure && may_need_search_path(failure->sqlstate)) {
      failure = try_under_path(connection, fallback_path(indexes.text(row, 0)), sql);
    }
    if (failure) check.damaged.push_back(name + ": " + failure->message);
    ++check.checked;
  }
  return check;
}

}  // namespace lifeboat::postgres
