#ifndef LIFEBOAT_POSTGRES_ARCHIVE_H_
#define LIFEBOAT_POSTGRES_ARCHIVE_H_

#include <string>
#include <vector>

#include "base/bytes.h"
#include "postgres/catalogue.h"

namespace lifeboat::postgres {

/// pg_dump's teSection: what may be created before, and what only after the rows.
enum class Section { none, pre_data, data, post_data };

/// One entry of a pg_dump archive's table of contents, word for word.
struct ArchiveEntry {
  int id = 0;          ///< dump id: what `pg_restore -l` prints first, what depends_on refers to
  Oid catalogue = 0;   ///< OID of the catalogue the object is in (1259 = pg_class), or 0
  Oid object = 0;      ///< the object's OID in the source database, or 0
  std::string kind;    ///< "TABLE", "FK CONSTRAINT", "ACL", ...
  std::string schema;  ///< empty for objects that belong to none
  std::string name;    ///< pg_dump's tag: unquoted, "orders orders_pkey" for a constraint
  std::string owner;   ///< empty where ownership means nothing (indexes' comments, extensions)
  Section section = Section::none;
  std::string sql;       ///< the statements that create it; may be several
  std::string drop_sql;  ///< names the object as SQL wants it
  std::string tablespace;
  std::string table_access_method;
  std::vector<int> depends_on;  ///< dump ids; may name entries that the archive does not hold

  /// "TABLE public.orders", for people: never parsed.
  [[nodiscard]] std::string label() const;
};

/// A pg_dump archive that holds definitions only (pg_dump -Fc -Z0 --schema-only).
struct Archive {
  std::string version;                ///< "1.14-0"
  std::string server_version;         ///< of the database that was dumped
  std::string dump_version;           ///< of the pg_dump that wrote it
  std::string encoding_sql;           ///< "SET client_encoding = 'UTF8';": how its SQL is encoded
  std::string strings_sql;            ///< "SET standard_conforming_strings = 'on';"
  std::vector<ArchiveEntry> entries;  ///< in the archive's own order, the settings left out
};

/// Reads the table of contents of a custom-format archive, versions 1.12 to 1.16 (pg_dump 9.0 to
/// 18), as PostgreSQL's pg_backup_archiver.c writes it (ReadHead, ReadToc). Strict: every length is
/// bounded by what is there, ids are unique, sections known. Reading it here makes the statements
/// exact whatever a function body contains, gives the dependencies, and needs no pg_restore that
/// is as new as the pg_dump (ADR 0005); check_archive() compares with pg_restore's own reading.
/// Throws Error: corrupt (not such an archive, cut off), not_found (a version not known here).
[[nodiscard]] Archive read_archive(ByteView bytes);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_ARCHIVE_H_
