#ifndef LIFEBOAT_POSTGRES_LARGE_OBJECTS_H_
#define LIFEBOAT_POSTGRES_LARGE_OBJECTS_H_

#include <string>
#include <vector>

#include "base/not_carried.h"
#include "postgres/catalogue.h"
#include "pq/connection.h"

namespace lifeboat::postgres {

/// All large objects, ordered by OID; size 0 where the role may not read one. Each that may not be
/// read is added to `not_carried`.
[[nodiscard]] std::vector<LargeObject> read_large_objects(pq::Connection& connection,
                                                          std::vector<NotCarried>& not_carried);

/// The COPY that writes every readable large object as "oid <TAB> piece <TAB> \\x..": pieces of
/// 1 MiB counted from 0, in order; an empty object is one empty piece. Memory: a piece.
[[nodiscard]] std::string copy_large_objects_sql();

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_LARGE_OBJECTS_H_
