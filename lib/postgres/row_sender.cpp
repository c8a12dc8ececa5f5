#include "postgres/row_sender.h"

#include "base/error.h"

namespace lifeboat::postgres {
namespace {

constexpr std::size_t kPieceBytes = 256 * 1024;

}  // namespace

std::string copy_sql(const Table& table, std::string_view into) {
  const std::string columns = table.copy_columns();
  // A table without columns has rows all the same: empty lines, and no list to name.
  return "COPY " + std::string(into) + (columns.empty() ? "" : " (" + columns + ")") +
         " FROM STDIN";
}

void set_up_for_rows(pq::Connection& connection, const Catalogue& catalogue) {
  if (!catalogue.lc_monetary.empty()) {
    static_cast<void>(
        connection.try_execute("SET lc_monetary = " + quote_literal(catalogue.lc_monetary)));
  }
  if (catalogue.encoding == "SQL_ASCII") connection.execute("SET client_encoding = 'SQL_ASCII'");
}

std::uint64_t send_rows(pq::Connection& connection, stream::Source& rows, const std::string& name,
                        Observer& observer) {
  Bytes buffer(kPieceBytes);
  std::uint64_t sent = 0;
  while (true) {
    std::size_t count = 0;
    try {
      count = rows.read(buffer);
    } catch (...) {
      connection.abandon_copy_in();
      throw;
    }
    if (count == 0) return sent;
    connection.put_copy(ByteView(buffer).first(count));
    sent += count;
    observer.item_advanced(name, count, 0);
  }
}

std::optional<pq::ServerError> commit(pq::Connection& connection) {
  try {
    return connection.try_execute("COMMIT");
  } catch (Error& error) {
    error.add_context("commit");
    error.add_kept("all rows were sent; whether the target has committed them is not known");
    error.add_hint(
        "look whether they are there: if not, nothing has changed, and the same command can be "
        "run again");
    throw;
  }
}

}  // namespace lifeboat::postgres
