#ifndef LIFEBOAT_REDIS_SYNC_CAPTURE_H_
#define LIFEBOAT_REDIS_SYNC_CAPTURE_H_

#include <optional>
#include <stop_token>
#include <string>

#include "redis/capture.h"

namespace lifeboat::redis {

/// Why a server is not asked for replication although it may be; empty if it is.
[[nodiscard]] std::string reason_against_replication(const ServerFacts& server);

/// One capture by replication: the RDB that a replica would get, split into records. Exact, of the
/// moment at which the server forked, or an Error. What came before an Error is not discarded.
/// Memory: RdbSplitter's. Throws what ReplicationStream and RdbSplitter throw, and the sink.
[[nodiscard]] Capture capture_by_replication(const CaptureRequest& request,
                                             const ServerFacts& server, RecordSink& sink,
                                             Observer& observer, const std::stop_token& stop);

/// The same, tried again a few times if the connection is lost or the bytes are damaged; between
/// attempts the sink is told to discard. Nothing, with the reason in `why`, if it cannot be had and
/// another way may be tried; then the sink is as it was. Throws Error: cancelled, and what the sink
/// throws.
[[nodiscard]] std::optional<Capture> try_replication(const CaptureRequest& request,
                                                     const ServerFacts& server, RecordSink& sink,
                                                     Observer& observer,
                                                     const std::stop_token& stop, std::string& why);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_SYNC_CAPTURE_H_
