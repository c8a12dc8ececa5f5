#ifndef LIFEBOAT_POSTGRES_CONNECTION_ROOM_H_
#define LIFEBOAT_POSTGRES_CONNECTION_ROOM_H_

#include <cstdint>

#include "pq/connection.h"

namespace lifeboat::postgres {

/// A capture needs at the same time, beside the one that is there: the leader, a reader, pg_dump.
inline constexpr std::int64_t kLeastConnections = 3;

/// Connections that may still be opened, by the server's, the database's and the role's limits;
/// places kept for superusers count for them alone. Throws as pq::Connection does.
[[nodiscard]] std::int64_t free_connections(pq::Connection& control);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_CONNECTION_ROOM_H_
