#ifndef LIFEBOAT_POSTGRES_EXCLUSION_H_
#define LIFEBOAT_POSTGRES_EXCLUSION_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/not_carried.h"
#include "postgres/catalogue.h"
#include "pq/connection.h"

namespace lifeboat::postgres {

/// How the reason of every omission ends that somebody asked for.
inline constexpr std::string_view kOnRequest = "excluded on request";

/// What a capture leaves out because it was asked to. A value; names are "schema.name", unquoted.
struct Exclusion {
  std::vector<std::string> relations;     ///< neither definition nor rows
  std::vector<std::string> without_rows;  ///< the definition alone
  std::vector<NotCarried> told;           ///< all of them, harmless, with the reason
};

/// Finds what the patterns mean (exclusion_pattern.h). With a table go its partitions, the tables
/// that inherit from it, and the views over any of them: none of these can be made without it.
/// Reads catalogues only, waits for no lock; the session must be pinned. Throws Error(usage) if a
/// pattern matches nothing (the hint names the nearest), or if a table that stays has a column of
/// an excluded table's type.
[[nodiscard]] Exclusion resolve_exclusion(pq::Connection& connection,
                                          const std::vector<std::string>& exclude_tables,
                                          const std::vector<std::string>& exclude_table_data);

/// Under the snapshot, when `catalogue` is complete: fills in Catalogue::left_out (foreign keys to
/// what was excluded, or to rows that were; functions, policies, rules over it) and names each in
/// `told`.
void find_dependents(pq::Connection& connection, const Exclusion& exclusion, Catalogue& catalogue,
                     std::vector<NotCarried>& told);

/// Sets Table::without_rows.
void mark_without_rows(const Exclusion& exclusion, Catalogue& catalogue);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_EXCLUSION_H_
