#include "postgres/identity.h"

namespace lifeboat::postgres {
namespace {

std::string system_identifier(pq::Connection& connection) {
  try {
    return connection.query("SELECT system_identifier FROM pg_catalog.pg_control_system()")
        .text(0, 0);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::denied) return "";
    throw;
  }
}

}  // namespace

Identity read_identity(pq::Connection& connection) {
  const pq::Rows row = connection.query(
      "SELECT d.oid, pg_catalog.pg_is_in_recovery() FROM pg_catalog.pg_database d"
      " WHERE d.datname = pg_catalog.current_database()");
  Identity identity;
  identity.host = connection.host();
  identity.port = connection.port();
  identity.database = connection.database();
  identity.database_oid = static_cast<Oid>(row.integer(0, 0));
  identity.user = connection.user();
  identity.system_identifier = system_identifier(connection);
  identity.server_version = connection.server_version();
  identity.server_version_text = connection.parameter("server_version");
  identity.in_recovery = row.boolean(0, 1);
  return identity;
}

}  // namespace lifeboat::postgres
