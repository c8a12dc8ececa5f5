#ifndef LIFEBOAT_POSTGRES_RESTORE_PART_H_
#define LIFEBOAT_POSTGRES_RESTORE_PART_H_

#include <vector>

#include "base/not_carried.h"
#include "postgres/archive.h"
#include "postgres/catalogue.h"
#include "postgres/load_plan.h"
#include "postgres/table_choice.h"

namespace lifeboat::postgres {

/// What of a snapshot was chosen, in the form that plan_load() takes. Catalogue::tables keeps its
/// places, since ranges are found by them; a table that was not chosen has no ranges, and no entry
/// makes it.
struct RestorePart {
  Catalogue catalogue;
  Archive archive;
  RangeSizes ranges;
  std::vector<NotCarried> left_out;  ///< what touches a table on both sides of the choice
};

/// Pure (docs/postgres-restore.md, "A part of a snapshot").
/// Tables and schemas given: those tables, what is on them (indexes, constraints, defaults,
/// triggers, policies, grants, comments), the sequences they own, everything in those schemas, and
/// what all of that needs (types, functions, schemas, extensions). Only exclusions given:
/// everything but those tables and what needs them. Partitions go with their table.
/// Throws Error(usage): a name that means nothing, or a materialized view whose tables were not
/// chosen.
[[nodiscard]] RestorePart part_of(const Catalogue& catalogue, const Archive& archive,
                                  const RangeSizes& ranges, const TableChoice& choice);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_RESTORE_PART_H_
