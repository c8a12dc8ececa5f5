#ifndef LIFEBOAT_POSTGRES_LOAD_PLAN_H_
#define LIFEBOAT_POSTGRES_LOAD_PLAN_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/not_carried.h"
#include "postgres/archive.h"
#include "postgres/catalogue.h"

namespace lifeboat::postgres {

/// The phases of a restore, in order. Each ends before the next begins.
enum class Phase {
  schema,       ///< in turn: all that pg_dump puts before the rows
  rows,         ///< at once: rows; each table's indexes, foreign keys and ANALYZE when complete
  constraints,  ///< in turn: partitioned indexes and their foreign keys, checks NOT VALID, views
  validation,   ///< at once: VALIDATE of foreign keys added late, ANALYZE of partitioned tables
  rules,        ///< in turn: triggers, rules, policies, publications, then grants
  refresh,      ///< at once: materialized views in dependency order, then their indexes
  finish,       ///< in turn: comments, sequences' values, event triggers last
};
inline constexpr std::array kPhases = {Phase::schema,     Phase::rows,  Phase::constraints,
                                       Phase::validation, Phase::rules, Phase::refresh,
                                       Phase::finish};

[[nodiscard]] std::string_view name_of(Phase phase);
/// Whether its steps run on all connections, as soon as what they wait for is done.
[[nodiscard]] bool runs_at_once(Phase phase);

enum class StepKind {
  create,          ///< an archive entry's statements as they stand
  build_index,     ///< CREATE [UNIQUE] INDEX, or a constraint that builds one
  add_constraint,  ///< adopts or marks an index that build_index made, or adds a foreign key NOT
                   ///< VALID
  validate,        ///< VALIDATE CONSTRAINT
  grant,           ///< an ACL entry: each of its statements by itself
  load_range,
  load_large_objects,
  analyze,
  refresh,
  set_sequence,
  try_table,     ///< a table that the archive lacks; a failure is not told: define_table follows
  define_table,  ///< the same, and what is on it
  set_default,   ///< a setting of the database, or of a role in it
};

/// One thing to do. Steps of a phase that runs in turn stand in the order to run.
struct Step {
  StepKind kind = StepKind::create;
  Phase phase = Phase::schema;
  std::string sql = {};                   ///< empty for loads; "name=value" for set_default
  std::string label = {};                 ///< for people: "INDEX public.orders_at"
  std::optional<std::size_t> entry = {};  ///< in Archive::entries: whose failure a failure is
  std::optional<std::size_t> table = {};  ///< in Catalogue::tables
  std::size_t range = 0;
  std::vector<std::size_t> after = {};  ///< steps of the same phase that must have ended
  std::uint64_t cost = 0;               ///< in bytes of COPY (load_cost.h)
  std::uint64_t weight = 0;  ///< the longest chain of steps from here on, in cost: greater first
  std::uint64_t sort_bytes = 0;  ///< of a build that sorts: at most as much
};

/// What will be done to an empty database, as a value; load() carries out this same value.
struct LoadPlan {
  std::vector<Step> steps;
  /// Entries that are not even tried: what belongs to the platform (_heroku), to the database
  /// itself (its name, its own comment), or rows.
  std::vector<NotCarried> left_out;
};

/// Sizes of the ranges of each table of the catalogue (outer index as Catalogue::tables).
using RangeSizes = std::vector<std::vector<std::uint64_t>>;

/// Pure. Entries and tables are matched by the OIDs both carry, never by name. Nothing runs before
/// what it depends on, be it by an earlier phase, by order, or by `after`.
[[nodiscard]] LoadPlan plan_load(const Catalogue& catalogue, const Archive& archive,
                                 const RangeSizes& ranges);

/// Whether an entry that cannot be created is the user's loss: grants, comments on extensions,
/// pg_stat_statements and event triggers of the platform are not.
[[nodiscard]] Severity severity_of(const ArchiveEntry& entry);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_LOAD_PLAN_H_
