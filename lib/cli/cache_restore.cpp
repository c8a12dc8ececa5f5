#include "cli/cache_restore.h"

#include <algorithm>

#include "base/error.h"
#include "bridge/redis_record_source.h"
#include "bridge/redis_streams.h"
#include "cli/cache_report.h"
#include "cli/snapshot_argument.h"
#include "cli/vault_access.h"
#include "config/secret_reference.h"
#include "restore/cache_restore.h"
#include "vault/history.h"

namespace lifeboat::cli {
namespace {

using restore::CacheEngine;

const vault::SnapshotBody& body_of(const vault::SnapshotRecord& record) {
  if (record.body) return *record.body;
  throw Error(ErrorKind::denied, "this credential does not open the snapshot's contents");
}

/// A snapshot from before the role was set holds keys; the role counts all the same.
bool is_cache(Session& session, const vault::SourceSummary& source) {
  if (!source.holds_data()) return true;
  const config::SourceSection* section = session.config().find_source(source.name);
  return section != nullptr && section->role == config::SourceRole::cache;
}

void refuse_contradictions(const restore::RedisRequest& request, const CacheOptions& options) {
  const bool for_keys = request.compare || request.load.freeze_expiry ||
                        request.load.selection.match || request.load.selection.database;
  if (options.flush && (options.data || for_keys)) {
    throw Error(ErrorKind::usage, "--flush leaves no key behind",
                "leave out --data, --match, --freeze-ttl and --compare, or --flush");
  }
  if (options.memcached) {
    throw Error(ErrorKind::usage, "--redis and --memcached are two targets", "name one of them");
  }
}

ExitCode run(Session& session, const vault::SnapshotRecord& record, std::uint16_t place,
             CacheEngine engine, const resp::Url& url, const CacheOptions& options) {
  restore::CacheRequest request;
  request.source = place;
  request.engine = engine;
  request.url = url;
  request.flush = options.flush;
  const std::string& name = body_of(record).sources.at(place).name;
  if (const config::SourceSection* section = session.config().find_source(name)) {
    request.warm_up = {section->warm_up.urls, section->warm_up.timeout, section->warm_up.count};
  }
  const auto report = restore::restore_cache(record, request, session.observer(), session.stop());
  session.print(cache_restore_text(report, session.paint()), cache_restore_json(report));
  return report.found_anything() ? ExitCode::findings : ExitCode::done;
}

}  // namespace

void declare_cache_options(OptionSet& set, CacheOptions& options) {
  set.group("Caches");
  set.value("memcached", options.memcached, "REF",
            "the Memcached of a source that is a cache: env:NAME, file:PATH, cmd:COMMAND or a URL");
  set.value("flush", options.flush, "HOST:PORT",
            "empty the cache that --memcached or --redis names, then warm it up; HOST:PORT is its "
            "name, typed once more");
  set.flag("data", options.data,
           "restore the keys that the snapshot holds of a Redis source of role cache");
}

Secret memcached_url(Session& session, const std::string& reference) {
  if (config::holds_password(reference)) return session.secret(reference);
  Secret url = config::resolve_secret(reference, session.environment(), session.stop());
  if (url.reveal().find('@') != std::string::npos) session.mask(url);
  return url;
}

void refuse_cache_options(const CacheOptions& options) {
  if (!options.flush && !options.data && !options.memcached) return;
  throw Error(ErrorKind::usage, "--flush and --data belong to --redis or --memcached",
              "name the server: --redis env:REDIS_URL or --memcached env:MEMCACHE_URL");
}

ExitCode restore_memcached(Session& session, const std::string& snapshot,
                           const CacheOptions& options) {
  if (options.data) {
    throw Error(ErrorKind::usage, "no snapshot holds the values of a Memcached",
                "leave out --data");
  }
  const auto word = snapshot_word(session, snapshot);
  const auto source = source_in(word, session.settings());
  const auto open = open_vault(session, {config::Role::identity});
  const auto record = find_snapshot(session, *open.vault, word);
  const auto place = restore::find_cache(body_of(record), source, CacheEngine::memcached,
                                         [](const vault::SourceSummary&) { return true; });
  return run(session, record, place, CacheEngine::memcached,
             memcached_url(session, *options.memcached), options);
}

std::optional<ExitCode> restore_redis_cache(Session& session, const vault::SnapshotRecord& record,
                                            const restore::RedisRequest& request,
                                            const CacheOptions& options) {
  refuse_contradictions(request, options);
  const std::optional<std::string>& source = request.source;
  const vault::SnapshotBody& body = body_of(record);
  const auto cache = [&](const vault::SourceSummary& one) { return is_cache(session, one); };
  const bool only_caches = std::ranges::all_of(
      body.sources, [&](const auto& one) { return one.kind != bridge::kRedisKind || cache(one); });
  const auto place = options.flush || (!source && only_caches)
                         ? restore::find_cache(body, source, CacheEngine::redis, cache)
                         : bridge::find_redis_source(body, source);
  const vault::SourceSummary& meant = body.sources.at(place);
  if (!cache(meant)) return std::nullopt;
  if (options.data) {
    bridge::refuse_inventory(meant);
    return std::nullopt;
  }
  return run(session, record, place, CacheEngine::redis, request.load.url, options);
}

}  // namespace lifeboat::cli
