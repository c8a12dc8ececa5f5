#ifndef LIFEBOAT_POSTGRES_CONNECTION_ROOM_H_
#define LIFEBOAT_POSTGRES_CONNECTION_ROOM_H_

#include <cstdint>

#include "pq/connection.h"

namespace lifeboat::postgres {

/// Connections that may still be opened, by the server's, the database's and the role's limits;
/// places kept for superusers are not counted. Throws as pq::Connection does.
[[nodiscard]] std::int64_t free_connections(pq::Connection& control);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_CONNECTION_ROOM_H_
