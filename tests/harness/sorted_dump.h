#ifndef LIFEBOAT_TESTS_HARNESS_SORTED_DUMP_H_
#define LIFEBOAT_TESTS_HARNESS_SORTED_DUMP_H_

#include <string>

#include "harness/postgres_server.h"

namespace lifeboat::harness {

/// pg_dump of a database with its lines sorted: equal for equal databases. Throws if it fails.
[[nodiscard]] std::string sorted_dump(const PostgresServer& server, const std::string& database);

}  // namespace lifeboat::harness

#endif  // LIFEBOAT_TESTS_HARNESS_SORTED_DUMP_H_
