#ifndef LIFEBOAT_POSTGRES_IDENTITY_H_
#define LIFEBOAT_POSTGRES_IDENTITY_H_

#include "postgres/catalogue.h"
#include "pq/connection.h"

namespace lifeboat::postgres {

/// Who the connected database is. Call it outside a transaction: a role that may not read the
/// system identifier gets an empty one, and the failed statement would end the transaction.
[[nodiscard]] Identity read_identity(pq::Connection& connection);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_IDENTITY_H_
