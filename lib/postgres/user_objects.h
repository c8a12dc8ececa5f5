#ifndef LIFEBOAT_POSTGRES_USER_OBJECTS_H_
#define LIFEBOAT_POSTGRES_USER_OBJECTS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "pq/connection.h"

/// What in a database is a user's: nothing of the server's, of an extension's, of the platform's
/// (schema _heroku, empty heroku_ext) or of lifeboat's own (lifeboat_restore, lifeboat_scratch).
/// Every function asks the server once and throws as pq::Connection does.
namespace lifeboat::postgres {

struct UserObjects {
  std::size_t all = 0;  ///< relations, functions, types, collations, schemas, publications, ...
  std::size_t tables = 0;
};
[[nodiscard]] UserObjects count_user_objects(pq::Connection& connection);

/// "table public.orders, function public.stamp() and 5 more"; "" if there is nothing.
[[nodiscard]] std::string name_user_objects(pq::Connection& connection);

/// Schemas of a user's.
[[nodiscard]] std::vector<std::string> user_schemas(pq::Connection& connection);

/// A DROP ... IF EXISTS ... CASCADE for each of the user's objects within schemas that belongs to
/// this role, or to one that it is a member of; relations first.
[[nodiscard]] std::vector<std::string> drops_of_own_objects(pq::Connection& connection);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_USER_OBJECTS_H_
