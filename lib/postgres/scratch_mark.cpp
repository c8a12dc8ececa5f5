#include "postgres/scratch_mark.h"

namespace lifeboat::postgres {
namespace {

std::string words_for(const Identity& identity) {
  return "lifeboat wipes this database before and after use: database " +
         std::to_string(identity.database_oid) + " of server " +
         (identity.system_identifier.empty() ? "unknown" : identity.system_identifier);
}

}  // namespace

ScratchMark read_scratch_mark(pq::Connection& connection, const Identity& identity) {
  const pq::Rows mark = connection.query(
      "SELECT pg_catalog.obj_description(oid, 'pg_namespace'),"
      " pg_catalog.pg_has_role(nspowner, 'USAGE')"
      " FROM pg_catalog.pg_namespace WHERE nspname = 'lifeboat_scratch'");
  if (mark.size() == 0) return ScratchMark::none;
  const bool ours = mark.boolean(0, 1);
  return ours && mark.text(0, 0) == words_for(identity) ? ScratchMark::valid : ScratchMark::foreign;
}

bool is_marked(pq::Connection& connection) {
  return connection.query("SELECT pg_catalog.to_regnamespace('lifeboat_scratch') IS NOT NULL")
      .boolean(0, 0);
}

void make_scratch_mark(pq::Connection& connection, const Identity& identity) {
  connection.execute(
      "SET client_min_messages = error; BEGIN;"
      "DROP SCHEMA IF EXISTS lifeboat_scratch; CREATE SCHEMA lifeboat_scratch;"
      "COMMENT ON SCHEMA lifeboat_scratch IS " +
      quote_literal(words_for(identity)) + "; COMMIT");
}

}  // namespace lifeboat::postgres
