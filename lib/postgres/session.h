#ifndef LIFEBOAT_POSTGRES_SESSION_H_
#define LIFEBOAT_POSTGRES_SESSION_H_

#include <chrono>
#include <stop_token>

#include "base/secret.h"
#include "pq/connection.h"

namespace lifeboat::postgres {

/// Connects and sets everything that decides how a value is printed or which object a name means
/// (docs/format/postgres.md, "Session"), so that equal rows give equal bytes in every session.
/// Server-side time-outs are off, but for `lock_timeout`: 0 waits for ever. Throws as
/// pq::Connection does.
[[nodiscard]] pq::Connection connect_pinned(const Secret& url, std::stop_token stop,
                                            std::chrono::milliseconds lock_timeout = {});

/// Sets the same on a session that stands.
void pin_session(pq::Connection& connection, std::chrono::milliseconds lock_timeout = {});

/// Whether the server has no place for one more session: its own limit, that of the database or of
/// the role is reached (SQLSTATE 53300).
[[nodiscard]] bool no_place_left(const Error& error);

/// Throws Error(refused) if statements of one client land in several server sessions, as behind a
/// pooler in transaction mode: locks and snapshots mean nothing there. Call it outside a
/// transaction and before pin_session(): a pooler would hand our settings to other clients.
void refuse_transaction_pooler(const Secret& url, pq::Connection& connection, std::stop_token stop);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_SESSION_H_
