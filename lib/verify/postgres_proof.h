#ifndef LIFEBOAT_VERIFY_POSTGRES_PROOF_H_
#define LIFEBOAT_VERIFY_POSTGRES_PROOF_H_

#include <cstdint>
#include <stop_token>

#include "base/observer.h"
#include "vault/snapshot_reader.h"
#include "verify/verify.h"

namespace lifeboat::verify {

/// Restores the Postgres source at `place` into scratch, streams every table back, and compares
/// rows by keyed sum, the schema item by item, sequences and the validity of indexes. Scratch is
/// given back in every case. The packs must have been found.
///
/// Memory: as a restore; when a table differs, up to 64 MiB more to name rows (row_difference.h).
/// Throws Error if no verdict could be reached: corrupt, no scratch, cancelled.
[[nodiscard]] PostgresProof prove_postgres(const vault::SnapshotReader& reader, std::uint16_t place,
                                           const Request& request, Observer& observer,
                                           std::stop_token stop);

}  // namespace lifeboat::verify

#endif  // LIFEBOAT_VERIFY_POSTGRES_PROOF_H_
