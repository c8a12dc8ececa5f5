#ifndef LIFEBOAT_POSTGRES_SCRATCH_MARK_H_
#define LIFEBOAT_POSTGRES_SCRATCH_MARK_H_

#include "postgres/catalogue.h"
#include "pq/connection.h"

/// The mark that lets lifeboat wipe a database (docs/postgres-restore.md, "Scratch"): the empty
/// schema lifeboat_scratch, whose comment names the very database it was made in. A schema, because
/// any role that can restore can make one, a wipe can step around it, and a person sees it; a
/// comment on the database would need its owner. With the database named in it, a copy of a marked
/// database (a dump, a template) is not marked.
namespace lifeboat::postgres {

enum class ScratchMark {
  none,
  foreign,  ///< made in another database, or by a role that this one is no member of
  valid
};

[[nodiscard]] ScratchMark read_scratch_mark(pq::Connection& connection, const Identity& identity);

/// Whether the schema is there, whatever its comment says.
[[nodiscard]] bool is_marked(pq::Connection& connection);

/// Makes the mark, or takes over one that is not valid. For an empty database only.
void make_scratch_mark(pq::Connection& connection, const Identity& identity);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_SCRATCH_MARK_H_
