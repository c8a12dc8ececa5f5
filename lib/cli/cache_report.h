#ifndef LIFEBOAT_CLI_CACHE_REPORT_H_
#define LIFEBOAT_CLI_CACHE_REPORT_H_

#include <map>
#include <string>
#include <string_view>

#include "cli/json.h"
#include "cli/paint.h"
#include "restore/cache_restore.h"
#include "vault/vault.h"

/// What is printed about caches; fields in docs/json-output.md.
namespace lifeboat::cli {

[[nodiscard]] std::string cache_restore_text(const restore::CacheReport& report,
                                             const Paint& paint);
[[nodiscard]] Json cache_restore_json(const restore::CacheReport& report);

/// Place of a source in a snapshot → the document inventory.json of that cache.
using Inventories = std::map<std::size_t, std::string>;

/// All of a snapshot. Empty if it holds no cache, or if the vault was not opened with an identity.
[[nodiscard]] Inventories inventories_of(const vault::Vault& vault,
                                         const vault::SnapshotRecord& record);

/// A line a server: how full and how healthy it was. "" if it is not such a document.
[[nodiscard]] std::string inventory_text(std::string_view document);

/// Whether a snapshot holds nothing that a restore could prove: caches alone.
[[nodiscard]] bool holds_only_inventories(const vault::SnapshotRecord& record);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_CACHE_REPORT_H_
