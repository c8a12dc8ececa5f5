#ifndef LIFEBOAT_EXPORT_POSTGRES_EXPORT_H_
#define LIFEBOAT_EXPORT_POSTGRES_EXPORT_H_

#include <cstdint>

#include "export/folder.h"
#include "vault/snapshot_reader.h"

namespace lifeboat::exporting {

/// The Postgres source at `place`: its documents, a file of COPY text and the COPY statement for it
/// for each table, what is in neither (roles, sequences, large objects, materialized views) as SQL,
/// README.md and load.sh. The packs must have been found.
void export_postgres(const vault::SnapshotReader& reader, std::uint16_t place, Folder& folder);

}  // namespace lifeboat::exporting

#endif  // LIFEBOAT_EXPORT_POSTGRES_EXPORT_H_
