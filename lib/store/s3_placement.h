#ifndef LIFEBOAT_STORE_S3_PLACEMENT_H_
#define LIFEBOAT_STORE_S3_PLACEMENT_H_

#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "config/s3_access.h"
#include "http/message.h"
#include "store/object_store.h"

namespace lifeboat::store {

/// What a PUT of that object says of its storage class and its lock, as the vault's URL wants them
/// (docs/object-stores.md, "Storage class and lock"): the class is that of packs, the lock that of
/// all that a restore needs but records. Records, claims, marks and probes have neither. Pure.
[[nodiscard]] std::vector<http::Header> placement_headers(const config::S3Location& location,
                                                          const ObjectKey& key, ByteView bytes,
                                                          Instant now);

}  // namespace lifeboat::store

#endif  // LIFEBOAT_STORE_S3_PLACEMENT_H_
