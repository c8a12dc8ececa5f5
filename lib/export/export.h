#ifndef LIFEBOAT_EXPORT_EXPORT_H_
#define LIFEBOAT_EXPORT_EXPORT_H_

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/observer.h"
#include "vault/snapshot_record.h"
#include "vault/vault.h"

namespace lifeboat::exporting {

/// What became of one source.
struct ExportedSource {
  std::string name;
  std::string kind;
  std::string folder;  ///< below the directory
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

struct Report {
  vault::SnapshotId snapshot;
  Instant at;  ///< of the first source
  std::filesystem::path directory;
  std::vector<ExportedSource> sources;
};

/// Writes a snapshot into a directory as files that psql, pg_restore and redis-cli read, with a
/// README for each source and a script that loads it: docs/export.md. The data lies there in the
/// clear: the directory has mode 0700, its files 0600. It must not exist yet; until all of it is
/// there it has ".partial" behind its name.
///
/// `source` = only that one. Memory: as SnapshotReader. Throws Error: refused (the directory, or
/// its partial form, exists), not_found (no such source), corrupt, denied, unavailable (no space),
/// cancelled; what was written until then is removed.
[[nodiscard]] Report export_snapshot(const vault::Vault& vault, const vault::SnapshotRecord& record,
                                     const std::optional<std::string>& source,
                                     const std::filesystem::path& directory, Observer& observer,
                                     std::stop_token stop);

}  // namespace lifeboat::exporting

#endif  // LIFEBOAT_EXPORT_EXPORT_H_
