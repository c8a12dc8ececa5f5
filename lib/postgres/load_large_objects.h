#ifndef LIFEBOAT_POSTGRES_LOAD_LARGE_OBJECTS_H_
#define LIFEBOAT_POSTGRES_LOAD_LARGE_OBJECTS_H_

#include "base/observer.h"
#include "postgres/load_outcome.h"
#include "postgres/load_session.h"
#include "stream/source.h"

namespace lifeboat::postgres {

/// Creates every large object of the catalogue under its old OID, fills it from `pieces` (the
/// stream of CaptureSink::open_large_objects; may be null), and gives it owner, comment and grants
/// where their roles exist. One that the target refuses is recorded as lost. Memory: three pieces.
/// Throws Error: corrupt (the stream is not of that form), unavailable, cancelled.
void load_large_objects(LoadSession& session, const Catalogue& catalogue, stream::Source* pieces,
                        LoadOutcome& outcome, Observer& observer);

/// Removes those of the catalogue that are there, a thousand a transaction.
void unlink_large_objects(pq::Connection& connection, const Catalogue& catalogue);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_LOAD_LARGE_OBJECTS_H_
