#include "doctor/redis_checks.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/error.h"
#include "doctor/each_source.h"
#include "redis/probe.h"
#include "resp/tls_transport.h"

namespace lifeboat::doctor {
namespace {

constexpr std::chrono::seconds kConnect{10};
constexpr std::chrono::seconds kPatience{5};

void attend(Finding& found, const std::string& what, const std::string& hint) {
  found.level = std::max(found.level, Level::attention);
  found.what += "; " + what;
  if (found.hint.empty()) found.hint = hint;
}

std::string pin_lines(const std::string& key, const std::string& source) {
  return "tls = \"pin\" and tls_pins = [\"" + key + "\"] under [source." + source + "]";
}

/// Whether an authority vouches for it.
bool is_certified(const resp::Address& address, const TlsTrust& trust,
                  const Surroundings& surroundings, Finding& found) {
  try {
    static_cast<void>(resp::connect(address, trust, surroundings.stop, kConnect));
    return true;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::denied) throw;
    found.level = Level::danger;
    found.what += "; " + error.message();
    return false;
  }
}

/// What is said of the key before the server is asked anything. In mode pin, where none is pinned,
/// the one that is shown is taken, as a first snapshot would. False if there is no going on.
bool look_at_key(const RedisReach& source, const Surroundings& surroundings, resp::Url& url,
                 Finding& found) {
  const resp::Address address = resp::parse_address(url.text);
  if (!address.tls) {
    found.what += address.socket_path.empty() ? "without TLS" : "by a socket";
    return true;
  }
  const std::string key = resp::shown_key(address, surroundings.stop, kConnect);
  found.what += "TLS of mode " + std::string(name_of(url.trust.mode)) + ", key " + key;
  if (url.trust.mode == TlsMode::verify && !is_certified(address, url.trust, surroundings, found)) {
    found.hint =
        "a server that signed its certificate itself, as Heroku's do, is trusted by its key: "
        "compare it with what whoever runs the server says, and write " +
        pin_lines(key, source.name) + "; for an authority of your own: ca_file";
    return false;
  }
  if (url.trust.mode == TlsMode::insecure) {
    attend(found, "nobody checks whose key that is",
           "to trust this key alone: " + pin_lines(key, source.name));
  }
  if (url.trust.mode == TlsMode::pin && url.trust.pins.empty()) {
    attend(found, "it is not pinned yet: the first snapshot trusts the key that it finds",
           "compare it with what whoever runs the server says, and write " +
               pin_lines(key, source.name));
    url.trust.pins = {key};
  }
  return true;
}

/// "exact by tracking"
std::string guarantee_of(const redis::Allowed& allowed) {
  if (!allowed.tracking) return "fuzzy, for CLIENT TRACKING is refused";
  if (!allowed.info) return "fuzzy, for INFO is refused";
  return "exact by tracking";
}

void judge(const RedisReach& source, const redis::ServerFacts& facts, Finding& found) {
  found.what += "; " + facts.engine + (facts.version.empty() ? "" : " " + facts.version);
  found.what += facts.allowed.sync ? ", SYNC allowed" : ", SYNC refused";
  if (!facts.eviction_policy.empty()) found.what += ", " + facts.eviction_policy;
  const std::string snapshot = "a snapshot is " + guarantee_of(facts.allowed);
  if (facts.allowed.tracking && facts.allowed.info) {
    found.what += "; " + snapshot;
  } else {
    attend(found, snapshot, "give the user CLIENT TRACKING, HELLO and INFO");
  }
  if (facts.role == "slave" || facts.role == "replica") {
    attend(found, "it is a replica: a snapshot has what it has received",
           "capture the server that it follows");
  }
  if (facts.eviction_policy.starts_with("allkeys") && !source.is_cache) {
    attend(found, "it drops any key when it is full",
           "if it is a cache, write role = \"cache\"; else set maxmemory-policy noeviction");
  }
}

Finding look_at(const RedisReach& source, const Surroundings& surroundings) {
  Finding found;
  found.what = source.name + ": ";
  resp::Url url = source.url();
  if (!look_at_key(source, surroundings, url, found)) return found;
  try {
    judge(source, redis::probe(url, surroundings.stop, kPatience), found);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::cancelled) throw;
    found.level = Level::danger;
    found.what += "; " + error.message();
    found.hint = error.hint();
  }
  return found;
}

}  // namespace

std::vector<Check> redis_checks(std::vector<RedisReach> sources) {
  return {{"redis-source", "Redis servers to capture",
           [sources = std::move(sources)](const Surroundings& surroundings) {
             return look_at_each(
                 sources, [&](const RedisReach& source) { return look_at(source, surroundings); });
           }}};
}

}  // namespace lifeboat::doctor
