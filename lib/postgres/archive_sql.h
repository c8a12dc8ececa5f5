#ifndef LIFEBOAT_POSTGRES_ARCHIVE_SQL_H_
#define LIFEBOAT_POSTGRES_ARCHIVE_SQL_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "postgres/archive.h"

namespace lifeboat::postgres {

/// What pg_restore prints after an entry: "ALTER TABLE public.orders OWNER TO shop", or nothing for
/// kinds that have no owner of their own (_printTocEntry and _getObjectDescription).
[[nodiscard]] std::string owner_sql(const ArchiveEntry& entry);

/// The statements of one entry of plain commands (ACL, DEFAULT ACL), split at semicolons outside
/// quotes. Not for function bodies: dollar quotes are not understood.
[[nodiscard]] std::vector<std::string> split_statements(std::string_view sql);

/// A PRIMARY KEY or UNIQUE constraint taken apart, so that its index is built by itself (beside
/// other indexes of the table) and then adopted.
struct UniqueConstraint {
  std::string build_sql;  ///< CREATE UNIQUE INDEX ...
  std::string
      attach_sql;  ///< ALTER TABLE ... ADD CONSTRAINT ... USING INDEX ..., and what followed
};

/// Takes apart a CONSTRAINT entry as pg_dump writes it: INCLUDE, NULLS NOT DISTINCT, WITH,
/// DEFERRABLE, and the CLUSTER and REPLICA IDENTITY that may follow are kept. Nothing if it is not
/// exactly of that form (an exclusion constraint, a form of a later pg_dump): run it as it is.
[[nodiscard]] std::optional<UniqueConstraint> take_apart_unique(const std::string& sql);

/// An INDEX entry taken apart: CREATE INDEX, and the ALTERs that pg_dump puts behind it (CLUSTER,
/// REPLICA IDENTITY, SET STATISTICS). Those want stronger locks on the table, and two of them that
/// build at the same time would wait for each other.
struct IndexStatements {
  std::string build_sql;
  std::string alter_sql;  ///< often empty
};
[[nodiscard]] IndexStatements take_apart_index(const std::string& sql);

/// A foreign key in two steps, neither of which blocks for long.
struct ForeignKey {
  std::string table;         ///< the referencing table, as SQL writes it
  std::string add_sql;       ///< ALTER TABLE ... ADD CONSTRAINT ... NOT VALID
  std::string validate_sql;  ///< ALTER TABLE ... VALIDATE CONSTRAINT ...
};

/// Takes apart an FK CONSTRAINT entry. Nothing where it has to be run as it is: NOT VALID in the
/// source (stays so), NOT ENFORCED, or on a partitioned table (no ONLY: NOT VALID is not allowed).
[[nodiscard]] std::optional<ForeignKey> take_apart_foreign_key(const std::string& sql);

/// The schema that a CREATE EXTENSION entry asks for ("WITH SCHEMA x"), as SQL writes it, or empty.
[[nodiscard]] std::string extension_schema(const std::string& sql);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_ARCHIVE_SQL_H_
