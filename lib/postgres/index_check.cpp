#include "postgres/index_check.h"

#include "postgres/catalogue.h"
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
    const auto failure =
        connection.try_execute("SELECT " + quote_identifier(schema) + ".bt_index_check(" +
                               quote_literal(name) + "::pg_catalog.regclass, true)");
    if (failure) check.damaged.push_back(name + ": " + failure->message);
    ++check.checked;
  }
  return check;
}

}  // namespace lifeboat::postgres
