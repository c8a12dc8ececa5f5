#include "postgres/target.h"

#include "postgres/identity.h"
#include "postgres/restore_mark.h"
#include "postgres/scratch_mark.h"
#include "postgres/user_objects.h"

namespace lifeboat::postgres {
namespace {

constexpr int kVersionsAMajor = 10000;

/// Whose mark it is does not matter here: a schema of that name is in the way in any case.
std::string unfinished_snapshot(pq::Connection& connection) {
  const auto mark = read_restore_mark(connection);
  return mark ? mark->snapshot_id : "";
}

std::string where(const Identity& identity) {
  return identity.host + ":" + identity.port + "/" + identity.database;
}

}  // namespace

TargetState inspect_target(pq::Connection& connection) {
  TargetState state;
  state.identity = read_identity(connection);
  state.unfinished_snapshot = unfinished_snapshot(connection);
  state.scratch = is_marked(connection);
  const UserObjects objects = count_user_objects(connection);
  state.user_objects = objects.all;
  state.user_tables = objects.tables;
  return state;
}

TargetState inspect_target(const Secret& url) {
  pq::Connection connection(url, {});
  return inspect_target(connection);
}

bool same_database(const Identity& a, const Identity& b) {
  if (!a.system_identifier.empty() && !b.system_identifier.empty()) {
    return a.system_identifier == b.system_identifier && a.database_oid == b.database_oid;
  }
  return a.host == b.host && a.port == b.port && a.database == b.database;
}

void refuse_unfit_target(const TargetState& target, const LoadRequest& request) {
  const std::string place = where(target.identity);
  if (request.source && same_database(*request.source, target.identity)) {
    throw Error(ErrorKind::refused, "this is where the snapshot was captured from: " + place,
                "restore into a new database, or look first, beside the live data: "
                "--into-schema NAME");
  }
  if (target.identity.in_recovery) {
    throw Error(ErrorKind::refused, "the target is a read-only standby: " + place,
                "give the URL of its primary, or of another server");
  }
  if (target.scratch && !request.into_scratch) {
    throw Error(ErrorKind::refused,
                "the target is lifeboat's scratch, and the next proof in it wipes it: " + place,
                "restore into a new database; or to keep this one: DROP SCHEMA lifeboat_scratch");
  }
  const bool same_snapshot = target.unfinished_snapshot == request.snapshot_id;
  if (!target.unfinished_snapshot.empty() && !same_snapshot && !request.replace) {
    throw Error(
        ErrorKind::refused,
        "the target holds an unfinished restore of snapshot " + target.unfinished_snapshot + ": " +
            place,
        "restore that snapshot again and it goes on; for another, drop and create the database \"" +
            target.identity.database + "\"");
  }
  if (target.user_objects > 0 && target.unfinished_snapshot.empty() && !request.replace) {
    throw Error(ErrorKind::refused,
                "the target is not empty: " + place + " holds " +
                    std::to_string(target.user_objects) +
                    (target.user_objects == 1 ? " object" : " objects") +
                    " (tables: " + std::to_string(target.user_tables) + ")",
                "restore into a new, empty database");
  }
}

void warn_of_differences(pq::Connection& connection, const TargetState& target,
                         const LoadRequest& request, const Catalogue& catalogue,
                         Observer& observer) {
  const int major = target.identity.server_version / kVersionsAMajor;
  if (request.source && major < request.source->server_version / kVersionsAMajor) {
    observer.warned("the target's Postgres " + target.identity.server_version_text +
                    " is older than the source's " + request.source->server_version_text +
                    ": what it cannot create is named");
  }
  const pq::Rows row = connection.query(
      "SELECT pg_catalog.pg_encoding_to_char(encoding), datcollate FROM pg_catalog.pg_database"
      " WHERE datname = pg_catalog.current_database()");
  if (!catalogue.encoding.empty() && row.text(0, 0) != catalogue.encoding) {
    observer.warned("the target stores text as " + row.text(0, 0) + ", the source as " +
                    catalogue.encoding);
  }
  if (!catalogue.collate.empty() && row.text(0, 1) != catalogue.collate) {
    observer.warned("the target sorts text by " + row.text(0, 1) + ", the source by " +
                    catalogue.collate);
  }
}

}  // namespace lifeboat::postgres
