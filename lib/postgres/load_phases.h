#ifndef LIFEBOAT_POSTGRES_LOAD_PHASES_H_
#define LIFEBOAT_POSTGRES_LOAD_PHASES_H_

#include <map>
#include <optional>
#include <vector>

#include "postgres/load_plan.h"

namespace lifeboat::postgres {

/// The archive's entries as a graph, tied to the catalogue's tables by OID. Keeps references: both
/// must outlive it.
class EntryGraph {
 public:
  EntryGraph(const Catalogue& catalogue, const Archive& archive);

  /// Entries (indexes) that entry `e` depends on, those the archive lacks left out.
  [[nodiscard]] const std::vector<std::size_t>& needs(std::size_t e) const { return needs_[e]; }
  /// The catalogue's table that entry `e` creates.
  [[nodiscard]] std::optional<std::size_t> creates(std::size_t e) const { return creates_[e]; }
  /// The one table that an index, constraint or statistics object is on; nothing where its
  /// dependencies name several or none.
  [[nodiscard]] std::optional<std::size_t> belongs_to(std::size_t e) const;
  /// The catalogue's materialized views that `e` reads, however indirectly.
  [[nodiscard]] std::vector<std::size_t> matviews_under(std::size_t e) const;

 private:
  const Catalogue& catalogue_;
  std::vector<std::vector<std::size_t>> needs_;
  std::vector<std::optional<std::size_t>> creates_;
};

/// Entries that cannot be made without what was excluded from the snapshot on request
/// (Catalogue::left_out), and those that need one of them: its comment, a trigger that calls it.
/// Tables are tried all the same.
[[nodiscard]] std::vector<bool> left_out_on_request(const Catalogue& catalogue,
                                                    const Archive& archive,
                                                    const EntryGraph& graph);

/// The phase of each entry: by kind, then moved behind what it depends on. Nothing: left out.
[[nodiscard]] std::vector<std::optional<Phase>> phases_of(const Catalogue& catalogue,
                                                          const Archive& archive,
                                                          const EntryGraph& graph);

/// The order to create `entries` in: what they need first, else grants and event triggers last,
/// else the archive's own order.
[[nodiscard]] std::vector<std::size_t> order_of(const std::vector<std::size_t>& entries,
                                                const Archive& archive, const EntryGraph& graph);

/// Schemas whose contents a restore leaves alone: _heroku and lifeboat's own marks.
[[nodiscard]] bool is_platform_schema(const std::string& schema);
/// Whether the entry makes part of what a hosting platform keeps for itself (schema _heroku and
/// the event triggers that call into it).
[[nodiscard]] bool belongs_to_platform(const ArchiveEntry& entry);
/// The same, and what only a platform's own role can make: pg_stat_statements, comments on
/// extensions. Made where the target allows it.
[[nodiscard]] bool left_to_platform(const ArchiveEntry& entry);
/// Whether the entry speaks of the database itself, whose name and settings are the target's.
[[nodiscard]] bool belongs_to_database(const ArchiveEntry& entry);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_LOAD_PHASES_H_
