#ifndef LIFEBOAT_VAULT_NEW_VAULT_H_
#define LIFEBOAT_VAULT_NEW_VAULT_H_

#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"
#include "store/object_store.h"
#include "vault/capability.h"
#include "vault/trust.h"

namespace lifeboat::vault {

/// A vault that exists in memory only: what would be stored, and who would hold what.
struct NewVault {
  TrustState state;
  Bytes format_object;
  Bytes trust_object;
  std::vector<Capability> capabilities;  ///< one of each role, admin first
};

struct NewVaultRequest {
  std::vector<std::string> writer_sources = {"*"};  ///< what the writer's credential may add to
  bool hashed_names = false;  ///< docs/format/vault.md §2.1: for stores that may replace objects
};

[[nodiscard]] NewVault plan_vault(const NewVaultRequest& request, Instant now);

/// Stores it: trust first, `format` last, so that a vault is there whole or not at all.
/// Throws refused if there is a vault already.
void publish(const NewVault& vault, store::ObjectStore& store);

/// Throws refused if `store` holds a vault.
void require_no_vault(store::ObjectStore& store);

/// Writes <role>.key files (mode 0600, one line each) into a directory that is made if absent
/// (0700). Never replaces a file: throws refused if one is there. Returns the paths.
std::vector<std::filesystem::path> write_key_files(const std::vector<Capability>& capabilities,
                                                   const std::filesystem::path& directory);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_NEW_VAULT_H_
