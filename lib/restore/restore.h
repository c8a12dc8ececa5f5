#ifndef LIFEBOAT_RESTORE_RESTORE_H_
#define LIFEBOAT_RESTORE_RESTORE_H_

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/not_carried.h"
#include "base/observer.h"
#include "base/secret.h"
#include "bridge/assertion_check.h"
#include "postgres/load.h"
#include "postgres/table_choice.h"
#include "vault/snapshot_record.h"
#include "vault/vault.h"

namespace lifeboat::restore {

struct Request {
  std::optional<std::string> source;  ///< absent = the snapshot's only Postgres source
  Secret url;                         ///< the target database
  int jobs = 2;
  postgres::TableChoice choice = {};            ///< empty = everything
  std::optional<std::string> into_schema = {};  ///< beside live data, in this schema
  bool data_only = false;                       ///< rows, into tables that are there and empty
  bool schema_only = false;                     ///< definitions without data
  std::optional<std::string> replace = {};      ///< the target's database, typed: empty it first
  bool create_roles = false;                    ///< those that the catalogue names, NOLOGIN
  bool ask_assertions = true;                   ///< of a whole restore; not beside live data
  /// How long another restore in the same database is waited for.
  std::chrono::milliseconds wait_for_others{10000};

  /// Every table goes into an empty database.
  [[nodiscard]] bool everything() const { return choice.empty() && !into_schema && !data_only; }
};

struct Report {
  vault::SnapshotId snapshot;
  std::string source;
  Instant at;                              ///< the moment whose data is on the target now
  std::uint64_t tables = 0;                ///< that carry rows, as in the snapshot's summary
  std::vector<NotCarried> not_carried;     ///< what the snapshot itself does not hold
  std::optional<std::string> into_schema;  ///< where the tables stand, if beside live data
  postgres::LoadReport load;
  /// The snapshot's questions to its source, asked again. Absent = they were not asked.
  std::optional<std::vector<bridge::AssertionVerdict>> assertions;
  std::size_t unasked = 0;          ///< how many the snapshot holds, if they were not asked
  std::vector<std::string> caches;  ///< sources that may be stale now (caches_in())
  bool whole = true;                ///< neither a part beside live data nor definitions alone
  std::chrono::milliseconds took{0};

  /// Whether anything of the user's is missing on the target: it could not be restored, or was not
  /// in the snapshot.
  [[nodiscard]] bool lost_anything() const;
  /// Whether the restored database answers an assertion otherwise than the source did.
  [[nodiscard]] bool failed_an_assertion() const;
  /// Whether anything at all is missing, be it harmless.
  [[nodiscard]] bool left_anything_out() const {
    return !not_carried.empty() || !load.not_restored.empty();
  }
};

/// Of what the snapshot lacks, that which concerns the choice: what is said of chosen tables and of
/// chosen schemas; with exclusions alone, all but what is said of excluded tables. Pure.
[[nodiscard]] std::vector<NotCarried> not_carried_of(const std::vector<NotCarried>& items,
                                                     const postgres::Catalogue& catalogue,
                                                     const postgres::TableChoice& choice);

/// What a request for an empty database asks of postgres::load().
[[nodiscard]] postgres::LoadRequest load_request_of(const Request& request,
                                                    const vault::SnapshotId& snapshot,
                                                    const postgres::Identity& source);

/// Restores one Postgres source of a snapshot, or a part of it, into an empty database; or tables
/// of it into a schema beside live data (postgres::load_beside), or rows alone into empty tables
/// (postgres::load_data). The target is not touched before the snapshot's documents and lists were
/// read and authenticated and all its packs found.
/// A whole restore is asked the snapshot's assertions at its end (bridge::check_assertions); a
/// failure to ask says in kept() that the restore itself is whole.
/// Throws what SnapshotReader, postgres::load(), load_beside() and load_data() throw.
[[nodiscard]] Report restore_postgres(const vault::Vault& vault,
                                      const vault::SnapshotRecord& record, const Request& request,
                                      Observer& observer, std::stop_token stop);

}  // namespace lifeboat::restore

#endif  // LIFEBOAT_RESTORE_RESTORE_H_
