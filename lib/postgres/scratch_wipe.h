#ifndef LIFEBOAT_POSTGRES_SCRATCH_WIPE_H_
#define LIFEBOAT_POSTGRES_SCRATCH_WIPE_H_

#include "postgres/catalogue.h"
#include "pq/connection.h"

namespace lifeboat::postgres {

/// Ends what a killed proof left running in this database: sessions of this very role that call
/// themselves lifeboat and hold a user's relation. Only for who holds the scratch's lock.
void end_left_sessions(pq::Connection& connection);

/// Drops what this role may drop of all that a restore may have put into a marked database, in
/// many transactions, and leaves schema public and the mark; settings of the database that this
/// role may reset are reset. What belongs to others (extensions and event triggers of a platform)
/// stays. Broken off it can be done again. Waits at most a minute for a lock.
///
/// Throws Error: refused if the mark is not there or not valid (then nothing was touched), or if a
/// user's object that belongs to another role remains; busy if somebody holds a lock.
void wipe_scratch(pq::Connection& connection, const Identity& identity);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_SCRATCH_WIPE_H_
