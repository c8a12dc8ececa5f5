#ifndef LIFEBOAT_POSTGRES_LOAD_COST_H_
#define LIFEBOAT_POSTGRES_LOAD_COST_H_

#include <cstdint>
#include <string>
#include <vector>

#include "postgres/catalogue.h"
#include "postgres/load_plan.h"

namespace lifeboat::postgres {

// What steps of a restore cost, in bytes of COPY text that one session loads in the same time: good
// enough to put the long ones first. Measured: docs/postgres-restore.md, "What is run when".

/// Building an index by this CREATE INDEX or ADD CONSTRAINT on a table of `table_bytes`.
[[nodiscard]] std::uint64_t index_cost(const std::string& sql, const Table& table,
                                       std::uint64_t table_bytes);
/// Validating a foreign key between two tables of so many bytes together.
[[nodiscard]] std::uint64_t validation_cost(std::uint64_t tables_bytes);
/// ANALYZE reads a sample, whatever the size.
[[nodiscard]] std::uint64_t analyze_cost(std::uint64_t table_bytes);

/// Whether building it is a sort (a B-tree): how much memory is best depends on that.
[[nodiscard]] bool is_sorted_index(const std::string& sql);

/// Sets each step's weight: its own cost and that of the longest chain of steps that wait for it,
/// so that the session that gets free takes what the longest chain begins with.
void weigh(std::vector<Step>& steps);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_LOAD_COST_H_
