#ifndef LIFEBOAT_POSTGRES_SCHEMA_DUMP_H_
#define LIFEBOAT_POSTGRES_SCHEMA_DUMP_H_

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

#include "base/secret.h"
#include "postgres/binaries.h"
#include "postgres/capture.h"

namespace lifeboat::postgres {

struct SchemaDumpRequest {
  Secret url;
  Binary pg_dump;                ///< pg_restore stands beside it
  std::string snapshot;          ///< exported, and alive until pg_dump has imported it
  std::string application_name;  ///< pg_dump's session can be found by it
  std::chrono::milliseconds lock_timeout{3000};
  std::vector<std::string> exclude_tables;  ///< patterns as pg_dump takes them, quoted
};

/// Runs pg_dump --schema-only under the snapshot, and pg_restore for the plain SQL of the same
/// archive. The URL goes by environment. Blocks; memory: archive and SQL.
/// Throws Error: internal with pg_dump's own words, cancelled.
[[nodiscard]] SchemaDump dump_schema(const SchemaDumpRequest& request, std::stop_token stop);

/// The newest pg_dump, which must not be older than the server: it refuses a newer one.
/// Throws Error(not_found) that names the package to install.
[[nodiscard]] Binary choose_pg_dump(const std::vector<Binary>& found, int server_version);

/// "1.14-0" from the first bytes of a custom-format archive. Throws Error(corrupt).
[[nodiscard]] std::string archive_version(ByteView archive);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_SCHEMA_DUMP_H_
