#ifndef LIFEBOAT_POSTGRES_ROW_SENDER_H_
#define LIFEBOAT_POSTGRES_ROW_SENDER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/observer.h"
#include "postgres/catalogue.h"
#include "pq/connection.h"
#include "stream/source.h"

/// Rows of a snapshot on their way into a table, by whoever restores them.
namespace lifeboat::postgres {

/// COPY ... FROM STDIN of the columns of `table` into the table of that SQL name.
[[nodiscard]] std::string copy_sql(const Table& table, std::string_view into);

/// What the text of the snapshot's rows needs of a pinned session: lc_monetary, where the target
/// has it, and SQL_ASCII.
void set_up_for_rows(pq::Connection& connection, const Catalogue& catalogue);

/// Sends all of `rows` into the COPY that has begun, in pieces; the observer hears of them under
/// `name`. Returns the bytes. If the source fails, the COPY is abandoned. Memory: 256 KiB.
/// Throws what the source throws, and what put_copy() does.
std::uint64_t send_rows(pq::Connection& connection, stream::Source& rows, const std::string& name,
                        Observer& observer);

/// Commits what was done in one transaction. A refusal (a deferred constraint) is a value: then
/// nothing has changed. A session that is lost meanwhile is Error(unavailable), whose kept() says
/// that nobody knows what became of it.
[[nodiscard]] std::optional<pq::ServerError> commit(pq::Connection& connection);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_ROW_SENDER_H_
