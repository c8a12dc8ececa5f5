#ifndef LIFEBOAT_TESTS_HARNESS_DISK_VAULT_H_
#define LIFEBOAT_TESTS_HARNESS_DISK_VAULT_H_

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/secret.h"
#include "harness/long_run.h"
#include "os/file.h"
#include "os/subprocess.h"
#include "snapshot/snapshot.h"
#include "store/directory_store.h"
#include "vault/check.h"
#include "vault/history.h"
#include "vault/vault.h"

namespace lifeboat::harness {

/// A vault in a temporary directory and one key file of each role, as `lifeboat vault create` makes
/// them. The clock is the system's. Removed by the destructor. Not thread-safe.
class DiskVault {
 public:
  DiskVault();

  /// Holds the vault, the keys, and whatever a test puts there.
  [[nodiscard]] const std::filesystem::path& home() const { return home_.path(); }
  [[nodiscard]] std::filesystem::path directory() const { return home() / "vault"; }
  [[nodiscard]] const vault::Capability& capability(vault::Role role) const {
    return capabilities_.at(role);
  }
  [[nodiscard]] vault::Vault open_as(vault::Role role) { return {store_, capability(role)}; }
  [[nodiscard]] vault::Vault open_as(vault::Role role, store::ObjectStore& store) const {
    return {store, capability(role)};
  }
  [[nodiscard]] store::DirectoryStore& store() { return store_; }

  /// Takes a snapshot of one database as source "shop", in this process.
  snapshot::Report take(const Secret& url);
  [[nodiscard]] vault::History history() { return read_history(open_as(vault::Role::identity)); }

  /// What `vault check --decrypt` finds wrong, a line for each problem; "" = nothing.
  [[nodiscard]] std::string problems();
  /// Reads every row of a snapshot. Names the tables whose rows are not those that were captured,
  /// by their sum; "" = none.
  [[nodiscard]] std::string unreadable_tables(const vault::SnapshotRecord& record);
  /// Objects in the directory now, files under temporary names not counted.
  [[nodiscard]] std::size_t object_count() const;

  /// The executable lifeboat-NAME of this build, with this vault and one role's key file named in
  /// its environment.
  [[nodiscard]] os::Command tool(const std::string& name, vault::Role role,
                                 std::vector<std::string> arguments) const;

 private:
  os::TempDir home_;
  store::DirectoryStore store_;
  std::map<vault::Role, vault::Capability> capabilities_;
};

/// "LIFEBOAT_WRITER": the variable that carries a role's credential.
[[nodiscard]] std::string credential_variable(vault::Role role);

/// Where the executables of this build lie.
[[nodiscard]] std::filesystem::path tool_directory();

}  // namespace lifeboat::harness

#endif  // LIFEBOAT_TESTS_HARNESS_DISK_VAULT_H_
