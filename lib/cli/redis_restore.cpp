#include "cli/redis_restore.h"

#include "base/error.h"
#include "cli/redis_access.h"
#include "cli/redis_report.h"
#include "cli/snapshot_argument.h"
#include "cli/vault_access.h"
#include "restore/redis_restore.h"
#include "vault/history.h"

namespace lifeboat::cli {
namespace {

restore::RedisRequest request_of(Session& session, const RedisRestoreOptions& options,
                                 const std::optional<std::string>& replace) {
  restore::RedisRequest request;
  request.load.url = redis_target(session, *options.redis);
  request.load.selection.match = options.match;
  if (options.database) {
    request.load.selection.database = static_cast<std::uint32_t>(*options.database);
  }
  request.load.replace_target = replace;
  request.load.freeze_expiry = options.freeze_ttl;
  request.compare = options.compare;
  return request;
}

}  // namespace

void declare_redis_restore_options(OptionSet& set, RedisRestoreOptions& options) {
  set.group("Redis");
  set.value(
      "redis", options.redis, "REF",
      "the empty Redis or Valkey server to restore into: env:NAME, file:PATH, cmd:COMMAND or a "
      "URL without password");
  declare_redis_tls_options(set);
  set.value("match", options.match, "PATTERN", "only keys that fit: session:*");
  set.number("db", options.database, 0, "N",
             "only this database, into the one of the same number; the others may hold anything");
  set.flag("freeze-ttl", options.freeze_ttl, "restore without expiries, for rehearsals");
  set.flag("compare", options.compare, "read the server back and compare every key");
  declare_cache_options(set, options.cache);
}

/// Those that say something of keys.
void refuse_key_options(Session& session, const RedisRestoreOptions& options) {
  if (options.match || options.database || options.freeze_ttl || options.compare ||
      session.settings().redis_tls.said()) {
    throw Error(ErrorKind::usage,
                "--match, --db, --freeze-ttl, --compare and --redis-tls belong to --redis",
                "name the server: --redis env:NEW_REDIS_URL");
  }
}

void refuse_redis_restore_options(Session& session, const RedisRestoreOptions& options) {
  refuse_key_options(session, options);
  refuse_cache_options(options.cache);
}

ExitCode restore_redis_or_cache(Session& session, const std::string& snapshot,
                                const RedisRestoreOptions& options,
                                const std::optional<std::string>& replace, bool plan) {
  if (!options.redis) {
    if (replace || plan) {
      throw Error(ErrorKind::usage, "--replace and --plan do not go with --memcached",
                  "a cache is emptied by --flush HOST:PORT");
    }
    refuse_key_options(session, options);
    return restore_memcached(session, snapshot, options.cache);
  }
  const auto word = snapshot_word(session, snapshot);
  restore::RedisRequest request = request_of(session, options, replace);
  request.source = source_in(word, session.settings());
  const auto open = open_vault(session, {config::Role::identity});
  const auto record = find_snapshot(session, *open.vault, word);
  if (const auto done = restore_redis_cache(session, record, request, options.cache)) return *done;
  if (plan) {
    const auto planned = restore::plan_redis(*open.vault, record, std::move(request),
                                             session.observer(), session.stop());
    session.print(redis_plan_text(planned, session.paint()), redis_plan_json(planned));
    return ExitCode::done;
  }
  const auto report = restore::restore_redis(*open.vault, record, std::move(request),
                                             session.observer(), session.stop());
  session.print(redis_restore_text(report, session.paint()), redis_restore_json(report));
  return report.lost_anything() ? ExitCode::findings : ExitCode::done;
}

}  // namespace lifeboat::cli
