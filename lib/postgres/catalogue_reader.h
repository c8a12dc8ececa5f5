#ifndef LIFEBOAT_POSTGRES_CATALOGUE_READER_H_
#define LIFEBOAT_POSTGRES_CATALOGUE_READER_H_

#include <string>
#include <vector>

#include "base/not_carried.h"
#include "postgres/catalogue.h"
#include "pq/connection.h"

namespace lifeboat::postgres {

/// A table as the first look sees it: cheap, and without a lock.
struct TableMark {
  Oid oid = 0;
  std::string schema;
  std::string name;
  char kind = 'r';
  bool lockable = true;  ///< ordinary or partitioned, and the role may SELECT from it
  /// The transaction's snapshot is older than the table's last TRUNCATE or rewrite: it would find
  /// the table empty.
  bool rewritten = false;
  friend bool operator==(const TableMark&, const TableMark&) = default;
};

/// Relations that hold rows, ordered by OID. Left out everywhere: system schemas, temporary
/// objects, lifeboat's own schemas, the platform's `_heroku`, and members of extensions (but for
/// configuration tables). `exclude_tables` holds "schema.name".
[[nodiscard]] std::vector<TableMark> list_tables(pq::Connection& connection,
                                                 const std::vector<std::string>& exclude_tables);

/// What the reading of rows needs of the catalogue: the database's own settings, tables and large
/// objects, under the connection's present transaction. The session must be pinned. Reads no
/// table's rows; waits for locks no longer than the session's lock_timeout, then throws
/// Error(busy). Large objects that the role may not read are added to `not_carried`.
[[nodiscard]] Catalogue read_row_catalogue(pq::Connection& connection,
                                           const std::vector<std::string>& exclude_tables,
                                           std::vector<NotCarried>& not_carried);

/// The rest of it, under the same transaction and with the same tables left out; the values of
/// sequences are still missing (read_sequence_values). Waits and throws as read_row_catalogue().
void complete_catalogue(pq::Connection& connection, Catalogue& catalogue);

/// Both, with nothing left out. Large objects that the role may not read are missing.
[[nodiscard]] Catalogue read_catalogue(pq::Connection& connection);

/// Catalogue::items alone.
[[nodiscard]] std::vector<SchemaItem> read_items(
    pq::Connection& connection, const std::vector<std::string>& exclude_tables = {});

/// Fills in where the sequences stand: they are not transactional, so the values are at or after
/// any snapshot taken before. One that cannot be read is named. Call it outside a transaction.
void read_sequence_values(pq::Connection& connection, Catalogue& catalogue,
                          std::vector<NotCarried>& not_carried);

/// "schema.name" of each index that is not valid or not ready (but for those of partitioned
/// tables, which are dumped).
[[nodiscard]] std::vector<std::string> read_invalid_indexes(pq::Connection& connection);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_CATALOGUE_READER_H_
