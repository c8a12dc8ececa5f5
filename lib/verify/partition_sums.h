#ifndef LIFEBOAT_VERIFY_PARTITION_SUMS_H_
#define LIFEBOAT_VERIFY_PARTITION_SUMS_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "postgres/catalogue.h"
#include "vault/row_sum.h"

namespace lifeboat::verify {

/// Where a row lies in a partitioned table may differ between two databases: the hash of an enum
/// is that of an OID, a bound on a text follows the server's collation. Pure.
///
/// For each table of the catalogue, the index of the partitioned table at the top of its tree, if
/// leaves of that tree differ while the tree as a whole holds the same rows; else nothing.
/// `expected` and `found` go by the catalogue's tables, with empty sums for those without rows.
[[nodiscard]] std::vector<std::optional<std::size_t>> rearranged_trees(
    const postgres::Catalogue& catalogue, const std::vector<vault::RowSum>& expected,
    const std::vector<vault::RowSum>& found);

}  // namespace lifeboat::verify

#endif  // LIFEBOAT_VERIFY_PARTITION_SUMS_H_
