#ifndef LIFEBOAT_REDIS_PROBE_H_
#define LIFEBOAT_REDIS_PROBE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/observer.h"
#include "resp/connection.h"

namespace lifeboat::redis {

/// What a server lets this user do, found by harmless calls that are well formed: an arity error
/// comes before the look at rights, and COMMAND knows nothing of them.
struct Allowed {
  bool info = false;
  bool tracking = false;  ///< RESP3 and CLIENT TRACKING BCAST
  bool memory_usage = false;
  bool pexpiretime = false;
  bool function_dump = false;
  bool no_touch = false;
  bool object = false;
  bool sync = false;
  bool acl_list = false;
  friend bool operator==(const Allowed&, const Allowed&) = default;
};

/// What a server is. A value.
struct ServerFacts {
  std::string engine = "redis";  ///< redis, valkey
  std::string version;           ///< "7.0.15"; empty if INFO is refused
  std::string mode;
  std::string role;
  std::string run_id;
  std::string eviction_policy;
  std::uint64_t used_memory = 0;
  std::uint64_t maxmemory = 0;        ///< 0 = no limit, or not told
  std::uint64_t resident_memory = 0;  ///< of the process; 0 = not told
  std::uint64_t system_memory = 0;    ///< of its machine, as it sees it; 0 = not told
  bool master_lost = false;           ///< a replica whose link to its master is down
  Allowed allowed;
  std::vector<std::string> acl;  ///< lines of ACL LIST, hashes of passwords taken out
  std::optional<TlsMode> tls;    ///< how it was known for the right one; absent = no TLS
  std::string tls_key;           ///< the pin of the key that it showed; empty without TLS
};

/// Asks. Waits up to `patience` while the server still loads, or is a replica that is being
/// synchronised. Throws Error: refused (a cluster, a
/// sentinel), denied (DUMP or SCAN is forbidden: nothing can be captured), and what a connection
/// throws.
[[nodiscard]] ServerFacts probe(const resp::Url& url, std::stop_token stop,
                                std::chrono::milliseconds patience = std::chrono::seconds(60));

/// "name:value" lines of INFO; lines without a colon are left out.
[[nodiscard]] std::map<std::string, std::string, std::less<>> parse_info(std::string_view text);

/// What the text of INFO says of a server, but for `allowed` and `acl`.
void read_facts(std::string_view info, ServerFacts& facts);

/// Numbers of the databases with keys and how many: of INFO keyspace, or found by SELECT where INFO
/// is refused (then every database that may be selected, empty ones too).
[[nodiscard]] std::map<std::uint32_t, std::uint64_t> databases_of(resp::Connection& connection,
                                                                  const Allowed& allowed);
[[nodiscard]] std::map<std::uint32_t, std::uint64_t> parse_keyspace(std::string_view text);

/// A line of ACL LIST without the hashes of passwords: "#9f86..." becomes "#...".
[[nodiscard]] std::string without_hashes(std::string_view acl_line);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_PROBE_H_
