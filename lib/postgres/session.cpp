#include "postgres/session.h"

#include <string>
#include <vector>

namespace lifeboat::postgres {
namespace {

constexpr const char* kPins =
    "SET search_path = '';"
    "SET DateStyle = 'ISO, YMD';"
    "SET IntervalStyle = 'postgres';"
    "SET TimeZone = 'UTC';"
    "SET extra_float_digits = 3;"
    "SET bytea_output = 'hex';"
    "SET xmloption = 'content';"
    "SET array_nulls = on;"
    "SET quote_all_identifiers = off;"
    "SET row_security = off;"
    "SET synchronize_seqscans = off;"
    // A parallel plan would hand over the rows of a range in another order each time.
    "SET max_parallel_workers_per_gather = 0;"
    "SET jit = off;"
    "SET default_transaction_isolation = 'read committed';"
    "SET default_transaction_read_only = off;"
    "SET default_transaction_deferrable = off;"
    "SET statement_timeout = 0;"
    "SET idle_in_transaction_session_timeout = 0;";

constexpr const char* kPoolerHint =
    "give the database's own URL (on Heroku DATABASE_URL, not DATABASE_CONNECTION_POOL_URL)";

[[noreturn]] void refuse_pooler() {
  throw Error(ErrorKind::refused,
              "this is a connection pooler in transaction mode: a snapshot needs one server "
              "session a connection",
              kPoolerHint);
}

std::string backend(pq::Connection& connection) {
  return connection.query("SELECT pg_catalog.pg_backend_pid()").text(0, 0);
}

}  // namespace

void pin_session(pq::Connection& connection, std::chrono::milliseconds lock_timeout) {
  std::string pins = kPins;
  pins += "SET lock_timeout = " + std::to_string(lock_timeout.count()) + ";";
  if (connection.server_version() >= 170000) pins += "SET transaction_timeout = 0;";
  if (connection.server_version() >= 140000) pins += "SET idle_session_timeout = 0;";
  const bool no_encoding = connection.parameter("server_encoding") == "SQL_ASCII";
  pins += no_encoding ? "SET client_encoding = 'SQL_ASCII';" : "SET client_encoding = 'UTF8';";
  connection.execute(pins);
}

pq::Connection connect_pinned(const Secret& url, std::stop_token stop,
                              std::chrono::milliseconds lock_timeout) {
  pq::Connection connection(url, std::move(stop));
  pin_session(connection, lock_timeout);
  return connection;
}

bool no_place_left(const Error& error) { return error.message().ends_with("(53300)"); }

void refuse_transaction_pooler(const Secret& url, pq::Connection& connection,
                               std::stop_token stop) {
  const std::string ours = backend(connection);
  // A pooler hands the server session that just became idle to whoever asks next, and takes it
  // away for as long as that transaction lasts.
  pq::Connection other(url, std::move(stop));
  try {
    other.execute("BEGIN");
  } catch (const Error& error) {
    // In statement mode pgbouncer ends the session with this protocol violation.
    if (error.message().find("08P01") != std::string::npos) refuse_pooler();
    throw;
  }
  if (backend(other) == ours || backend(connection) != ours) refuse_pooler();
}

}  // namespace lifeboat::postgres
