#ifndef LIFEBOAT_POSTGRES_ARCHIVE_CHECK_H_
#define LIFEBOAT_POSTGRES_ARCHIVE_CHECK_H_

#include <stop_token>

#include "base/bytes.h"
#include "postgres/archive.h"

namespace lifeboat::postgres {

enum class ArchiveCheck { agrees, no_pg_restore };

/// Compares our reading of an archive with PostgreSQL's own: every entry that `pg_restore -l` lists
/// must be there under the same id, and the statements of each must stand in `pg_restore -f -`,
/// word for word and in pg_restore's order. no_pg_restore: none is installed that can read this
/// version of archive. Throws Error(corrupt) where the two differ, cancelled.
[[nodiscard]] ArchiveCheck check_archive(const Archive& archive, ByteView bytes,
                                         std::stop_token stop);

/// The same on text that pg_restore printed. Pure.
void compare_with_listing(const Archive& archive, std::string_view listing);
void compare_with_script(const Archive& archive, std::string_view script);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_ARCHIVE_CHECK_H_
