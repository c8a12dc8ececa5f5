#ifndef LIFEBOAT_POSTGRES_SCRATCH_CLUSTER_H_
#define LIFEBOAT_POSTGRES_SCRATCH_CLUSTER_H_

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

namespace lifeboat::postgres {

struct Account {
  uid_t user;
  gid_t group;
};

/// Whom a throwaway server runs as, because initdb refuses root: SUDO_UID, else postgres, else
/// nobody. Nothing if we are not root. Throws Error(denied) if there is no such user.
[[nodiscard]] std::optional<Account> server_account();

/// `name` if this machine has that locale, else C.UTF-8, or C where the encoding is not UTF8.
[[nodiscard]] std::string locale_or_c(const std::string& name, const std::string& encoding);

/// postgresql.conf of a cluster that nobody keeps: no durability, no replication, no background
/// work that would compete with the load; everything it makes lies in its own directory.
[[nodiscard]] std::string scratch_configuration(const std::filesystem::path& sockets);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_SCRATCH_CLUSTER_H_
