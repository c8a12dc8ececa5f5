#ifndef LIFEBOAT_POSTGRES_INDEX_CHECK_H_
#define LIFEBOAT_POSTGRES_INDEX_CHECK_H_

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/secret.h"

namespace lifeboat::postgres {

struct IndexCheck {
  std::size_t checked = 0;
  std::vector<std::string> damaged;  ///< "public.orders_pkey: what amcheck says"
};

/// Compares every valid B-tree index of the user's with its table, row by row (amcheck's
/// bt_index_check with heapallindexed). For a throwaway database of our own: it needs a superuser,
/// and leaves the extension behind. Nothing where the server does not have amcheck.
[[nodiscard]] std::optional<IndexCheck> check_indexes(const Secret& url, std::stop_token stop);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_INDEX_CHECK_H_
