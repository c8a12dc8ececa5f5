#ifndef LIFEBOAT_POSTGRES_SCRATCH_CLUSTER_H_
#define LIFEBOAT_POSTGRES_SCRATCH_CLUSTER_H_

#include <filesystem>
#include <string>

namespace lifeboat::postgres {

/// `name` if this machine has that locale, else C.UTF-8, or C where the encoding is not UTF8.
[[nodiscard]] std::string locale_or_c(const std::string& name, const std::string& encoding);

/// postgresql.conf of a cluster that nobody keeps: no durability, no replication, no background
/// work that would compete with the load; everything it makes lies in its own directory.
[[nodiscard]] std::string scratch_configuration(const std::filesystem::path& sockets);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_SCRATCH_CLUSTER_H_
