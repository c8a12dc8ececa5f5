#ifndef LIFEBOAT_VERIFY_REDIS_PROOF_H_
#define LIFEBOAT_VERIFY_REDIS_PROOF_H_

#include <cstdint>
#include <stop_token>

#include "base/observer.h"
#include "vault/snapshot_reader.h"
#include "verify/verify.h"

namespace lifeboat::verify {

/// Restores the Redis source at `place` into a throwaway server and compares both ways: every key
/// with its value and its expiry to the millisecond, no key more, functions equal, no error reply,
/// no eviction. Expiries are put off by the same time for all, so that also keys whose time has
/// passed since the capture are proven; how many these are is told. The packs must have been found.
///
/// Memory: as a restore, and what redis::compare() says; the throwaway server holds all keys.
/// Throws Error if no verdict could be reached: corrupt, no scratch, cancelled.
[[nodiscard]] RedisProof prove_redis(const vault::SnapshotReader& reader, std::uint16_t place,
                                     const Request& request, Observer& observer,
                                     std::stop_token stop);

}  // namespace lifeboat::verify

#endif  // LIFEBOAT_VERIFY_REDIS_PROOF_H_
