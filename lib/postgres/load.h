#ifndef LIFEBOAT_POSTGRES_LOAD_H_
#define LIFEBOAT_POSTGRES_LOAD_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/not_carried.h"
#include "base/observer.h"
#include "base/secret.h"
#include "postgres/catalogue.h"
#include "postgres/table_choice.h"
#include "stream/source.h"

namespace lifeboat::postgres {

/// Where the rows to be loaded come from. All calls are thread-safe; a Source is used by one
/// thread.
class LoadSource {
 public:
  virtual ~LoadSource() = default;
  /// Ranges of a table; `table` indexes Catalogue::tables.
  [[nodiscard]] virtual std::size_t range_count(std::size_t table) const = 0;
  /// COPY text bytes of one range. Reading to the end checks it; it throws before the end if it is
  /// not what was captured.
  [[nodiscard]] virtual std::unique_ptr<stream::Source> open_range(std::size_t table,
                                                                   std::size_t range) = 0;
  [[nodiscard]] virtual std::uint64_t range_bytes(std::size_t table, std::size_t range) const = 0;
  /// The large-object stream (see CaptureSink), or nothing if the snapshot has none.
  [[nodiscard]] virtual std::unique_ptr<stream::Source> open_large_objects() = 0;
};

enum class RoleMode {
  as_found,        ///< use roles that exist; name what needs one that does not
  create_nologin,  ///< local scratch: create every role of the catalogue NOLOGIN first
};

struct LoadRequest {
  Secret url = {};
  int jobs = 2;
  RoleMode roles = RoleMode::as_found;
  bool tuned_scratch = false;  ///< a throwaway cluster of ours: use its memory freely
  bool schema_only = false;    ///< neither rows, large objects nor values of sequences
  TableChoice choice = {};     ///< empty = everything (restore_part.h)
  /// Empties a target that is not empty: the name of its database, as a person has typed it.
  std::optional<std::string> replace = {};
  std::string snapshot_id = {};  ///< written into schema lifeboat_restore while it is incomplete
  /// The database the snapshot was captured from: refused as a target.
  std::optional<Identity> source = {};
  /// How long another restore in the same database is waited for. A killed one may hold it until
  /// its server session notices.
  std::chrono::milliseconds wait_for_others{10000};
  bool into_scratch = false;  ///< for a proof: the mark of a scratch database is no obstacle
};

/// Seconds of each phase, in order, for the report.
struct PhaseTime {
  std::string name;
  double seconds = 0;
};

struct LoadReport {
  Identity target;
  std::uint64_t rows = 0;
  std::uint64_t copy_bytes = 0;
  std::size_t tables = 0;  ///< definitions made, partitioned tables included
  std::size_t indexes = 0;
  std::size_t constraints = 0;
  std::vector<NotCarried> not_restored;
  std::vector<PhaseTime> phases;
  /// Steps that an earlier run had done, which was broken off; 0 = this was the first.
  std::size_t steps_done_before = 0;
};

/// Restores into an empty database: pg_dump's own statements, scheduled by us
/// (docs/postgres-restore.md).
/// Checks the target first: refused if it is the source or holds anything of a user's; its schema
/// `lifeboat_restore` exists from the first transaction to the last, so a broken-off restore shows.
/// If it is there and of the same snapshot, the restore goes on: steps that are done stay done.
///
/// Memory: 1 MiB a loader; rows are sent in pieces. Threads: `jobs` workers, joined at the end.
/// The archive is read by lifeboat itself and checked against pg_restore where one is installed
/// that can read it (ADR 0005). After a failure nothing is undone: the mark stays, and kept() says
/// so. Throws Error: refused (target), unavailable (server gone, out of space or memory), denied,
/// not_found (an archive version not known here), busy (another restore is at work there),
/// corrupt (archive or a range is not what was captured), cancelled.
[[nodiscard]] LoadReport load(const LoadRequest& request, const Catalogue& catalogue,
                              ByteView archive, LoadSource& source, Observer& observer,
                              std::stop_token stop);

/// What a look at a target says, before anything is touched.
struct TargetState {
  Identity identity;
  std::size_t user_objects = 0;  ///< relations, types, functions, schemas of a user's
  std::size_t user_tables = 0;
  std::string unfinished_snapshot;  ///< id in lifeboat_restore, or empty
  bool scratch = false;             ///< carries the mark of a scratch database (scratch_mark.h)

  /// Whether a restore of that snapshot broke off here.
  [[nodiscard]] bool holds_part_of(const std::string& snapshot_id) const {
    return !unfinished_snapshot.empty() && unfinished_snapshot == snapshot_id;
  }
};
[[nodiscard]] TargetState inspect_target(const Secret& url);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_LOAD_H_
