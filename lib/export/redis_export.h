#ifndef LIFEBOAT_EXPORT_REDIS_EXPORT_H_
#define LIFEBOAT_EXPORT_REDIS_EXPORT_H_

#include <cstdint>

#include "export/folder.h"
#include "vault/snapshot_reader.h"

namespace lifeboat::exporting {

/// The Redis source at `place`: its documents, all keys as commands for `redis-cli --pipe`,
/// README.md and load.sh. The packs must have been found.
void export_redis(const vault::SnapshotReader& reader, std::uint16_t place, Folder& folder);

}  // namespace lifeboat::exporting

#endif  // LIFEBOAT_EXPORT_REDIS_EXPORT_H_
