#ifndef LIFEBOAT_CLI_REDIS_RESTORE_H_
#define LIFEBOAT_CLI_REDIS_RESTORE_H_

#include <optional>
#include <string>

#include "cli/cache_restore.h"
#include "cli/exit_code.h"
#include "cli/option_set.h"
#include "cli/session.h"

/// What `lifeboat restore` does with Redis and with caches: docs/redis.md, docs/caches.md.
namespace lifeboat::cli {

struct RedisRestoreOptions {
  std::optional<std::string> redis;  ///< a reference
  std::optional<std::string> match;
  std::optional<int> database;
  bool freeze_ttl = false;
  bool compare = false;
  CacheOptions cache;

  /// Whether a server is named that is no Postgres.
  [[nodiscard]] bool named() const { return redis.has_value() || cache.memcached.has_value(); }
};
void declare_redis_restore_options(OptionSet& set, RedisRestoreOptions& options);

/// Throws Error(usage) if any is given: for where no such server is named.
void refuse_redis_restore_options(Session& session, const RedisRestoreOptions& options);

/// Restores into the server that is named, or empties it if it is a cache, and prints the report.
/// `snapshot` is the argument; `replace` and `plan` are the options that Postgres has, too. Throws
/// what the jobs and the opening of a vault throw.
[[nodiscard]] ExitCode restore_redis_or_cache(Session& session, const std::string& snapshot,
                                              const RedisRestoreOptions& options,
                                              const std::optional<std::string>& replace, bool plan);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_REDIS_RESTORE_H_
