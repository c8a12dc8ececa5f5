#ifndef LIFEBOAT_REHEARSE_HEARTBEAT_H_
#define LIFEBOAT_REHEARSE_HEARTBEAT_H_

#include <stop_token>

#include "base/secret.h"

namespace lifeboat::rehearse {

/// Writes the row of docs/format/drill.md §3 into a source's database. Waits for no lock longer
/// than two seconds. Throws what pq::Connection throws.
void beat(const Secret& url, const std::stop_token& stop);

}  // namespace lifeboat::rehearse

#endif  // LIFEBOAT_REHEARSE_HEARTBEAT_H_
