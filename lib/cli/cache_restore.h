#ifndef LIFEBOAT_CLI_CACHE_RESTORE_H_
#define LIFEBOAT_CLI_CACHE_RESTORE_H_

#include <optional>
#include <string>

#include "base/secret.h"
#include "cli/exit_code.h"
#include "cli/option_set.h"
#include "cli/session.h"
#include "restore/redis_restore.h"
#include "vault/snapshot_record.h"

/// What `lifeboat restore` does with a source that is a cache: docs/caches.md.
namespace lifeboat::cli {

struct CacheOptions {
  std::optional<std::string> memcached;  ///< a reference
  std::optional<std::string> flush;
  bool data = false;
};
void declare_cache_options(OptionSet& set, CacheOptions& options);

/// Resolves a reference to a Memcached. A URL without a password is no secret and is not masked: it
/// would hide the very name that a person has to type.
[[nodiscard]] Secret memcached_url(Session& session, const std::string& reference);

/// Throws Error(usage) if any is given: for where no server of a cache is named.
void refuse_cache_options(const CacheOptions& options);

/// Empties the Memcached of --memcached, and prints the report. `snapshot` is the argument. Throws
/// what restore_cache() and the opening of a vault throw.
[[nodiscard]] ExitCode restore_memcached(Session& session, const std::string& snapshot,
                                         const CacheOptions& options);

/// If the Redis source that is meant is a cache, by the snapshot or by its role in the
/// configuration, the same for the database of the request's URL. Nothing if its keys are to be
/// restored: it holds data, or --data asks for them. Throws Error: refused if --data asks for what
/// the snapshot does not hold, usage for options that do not go together.
[[nodiscard]] std::optional<ExitCode> restore_redis_cache(Session& session,
                                                          const vault::SnapshotRecord& record,
                                                          const restore::RedisRequest& request,
                                                          const CacheOptions& options);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_CACHE_RESTORE_H_
