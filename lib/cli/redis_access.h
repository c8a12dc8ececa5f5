#ifndef LIFEBOAT_CLI_REDIS_ACCESS_H_
#define LIFEBOAT_CLI_REDIS_ACCESS_H_

#include <optional>
#include <string>
#include <vector>

#include "cli/json.h"
#include "cli/session.h"
#include "doctor/redis_checks.h"
#include "resp/address.h"

namespace lifeboat::cli {

/// The URL of a Redis source, and whom to take for that server. In mode pin without pins: the key
/// that this machine remembers of it, else the one that it shows now, which is remembered and told
/// (trust on first use); if it cannot be reached nobody is trusted. Warns of mode insecure. Throws
/// Error(usage): TLS was asked for and the URL is not rediss://, or there is no place to remember
/// keys; and what Session::secret() and KeyMemory throw.
[[nodiscard]] resp::Url redis_url(Session& session, const config::SourceSetting& source);

/// The same for the server to restore into: --redis with --redis-tls, --redis-pin, --redis-ca.
[[nodiscard]] resp::Url redis_target(Session& session, const std::string& reference);

/// What the doctor looks at: the Redis sources among these. Nothing is remembered by it.
[[nodiscard]] std::vector<doctor::RedisReach> redis_reaches(
    Session& session, const std::vector<config::SourceSetting>& sources);

/// What became of `lifeboat doctor --repin`.
struct Repinned {
  std::string source;
  std::string server;                 ///< HOST:PORT
  std::string key;                    ///< that is trusted from now on
  std::optional<std::string> before;  ///< that was until now
  std::string file;
};

/// Trusts the key that a source's server shows now, instead of the one that is remembered. Throws
/// Error: usage (no such source, not of mode pin, or its pins stand in the configuration), and what
/// resp::shown_key() and KeyMemory throw.
[[nodiscard]] Repinned repin(Session& session, const std::string& source);
[[nodiscard]] std::string repinned_text(const Repinned& done);
[[nodiscard]] Json repinned_json(const Repinned& done);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_REDIS_ACCESS_H_
