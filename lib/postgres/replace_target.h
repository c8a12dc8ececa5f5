#ifndef LIFEBOAT_POSTGRES_REPLACE_TARGET_H_
#define LIFEBOAT_POSTGRES_REPLACE_TARGET_H_

#include <string>

#include "base/observer.h"
#include "base/secret.h"
#include "postgres/load.h"
#include "pq/connection.h"

namespace lifeboat::postgres {

/// Throws Error(refused) if `typed` is not the name of the target's database, or if objects of
/// another role would stay. Touches nothing.
void refuse_unfit_replacement(pq::Connection& connection, const TargetState& target,
                              const std::string& typed);

/// Empties the target, but for the mark of this restore, which stands already: if it breaks off
/// here, that shows. Says what it dropped. Throws Error: refused, busy, unavailable.
void empty_target(const Secret& url, Observer& observer);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_REPLACE_TARGET_H_
