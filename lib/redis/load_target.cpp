#include <charconv>

#include "base/units.h"
#include "redis/crc64.h"
#include "redis/load.h"

namespace lifeboat::redis {
namespace {

using resp::Connection;
using resp::Value;

/// What the server itself writes: told by a dump of its functions, else known by its version.
std::uint16_t rdb_version_of(Connection& connection, const ServerFacts& facts) {
  const Value functions = connection.ask({"FUNCTION", "DUMP"});
  if (functions.is_text() && functions.text.size() >= 10) {
    const ByteView end = functions.bytes().last(10);
    return static_cast<std::uint16_t>(end[0] | end[1] << 8U);
  }
  const std::string& version = facts.version;
  int major = 0;
  std::from_chars(version.data(), version.data() + version.size(), major);
  if (major >= 7 || major == 0) return 0;  // not known: the first RESTORE will tell
  if (major >= 5) return 9;
  return major == 4 ? 8 : 7;
}

void check_memory(const LoadRequest& request, const ServerFacts& facts, std::uint64_t total_bytes) {
  if (facts.maxmemory == 0) return;
  const bool evicts = !facts.eviction_policy.empty() && facts.eviction_policy != "noeviction";
  if (evicts && !request.allow_eviction) {
    throw Error(
        ErrorKind::refused,
        "the target drops keys when it is full (maxmemory-policy " + facts.eviction_policy + ")",
        "set maxmemory-policy to noeviction for the time of the restore");
  }
  // A payload takes at least its own bytes in memory, mostly more.
  if (!evicts && facts.used_memory + total_bytes > facts.maxmemory) {
    throw Error(ErrorKind::refused,
                "the target is too small: " + human_bytes(facts.maxmemory) + " of memory, " +
                    human_bytes(facts.used_memory) + " in use, " + human_bytes(total_bytes) +
                    " to restore",
                "restore into a larger server");
  }
}

}  // namespace

ServerFacts check_target(const LoadRequest& request, std::uint64_t total_bytes,
                         std::stop_token stop) {
  ServerFacts facts = probe(request.url, stop);
  if (!request.source_run_id.empty() && facts.run_id == request.source_run_id) {
    throw Error(ErrorKind::refused, "this is the server that the snapshot was captured from",
                "restore into a new server");
  }
  if (facts.role == "slave") {
    throw Error(ErrorKind::refused, "the target is a replica", "restore into its master");
  }
  Connection connection(request.url, std::move(stop));
  std::uint64_t keys = 0;
  for (const auto& [database, count] : databases_of(connection, facts.allowed)) keys += count;
  if (keys > 0 && !request.replace) {
    throw Error(ErrorKind::refused, "the target holds " + human_count(keys) + " keys",
                "restore into an empty server");
  }
  check_memory(request, facts, total_bytes);
  const std::uint16_t readable = rdb_version_of(connection, facts);
  if (readable != 0 && request.rdb_version > readable) {
    throw Error(ErrorKind::refused,
                "the target reads payloads up to RDB version " + std::to_string(readable) +
                    ", the snapshot's are of version " + std::to_string(request.rdb_version),
                "restore into a server that is as new as the source, or newer");
  }
  return facts;
}

}  // namespace lifeboat::redis
