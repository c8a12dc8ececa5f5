#include "cli/redis_access.h"

#include <algorithm>

#include "base/error.h"
#include "cli/key_memory.h"
#include "resp/tls_transport.h"

namespace lifeboat::cli {
namespace {

constexpr std::chrono::seconds kConnect{10};

/// Who is meant, for messages and hints.
struct Server {
  std::string name;   ///< "source sessions", "the target"
  std::string repin;  ///< the command that trusts its key anew
  config::TlsSettings tls;
  std::string where_pins_stand;  ///< "lifeboat.toml:7", "--redis-pin"
};

constexpr const char* kRepinOfFlag = "lifeboat doctor --redis REF --redis-tls pin --repin redis";

Server server_of(Session& session, const config::SourceSetting& source) {
  const bool by_flag = source.url.origin == "--redis";
  const bool tls_by_flag = session.settings().redis_tls.said();
  Server server{.name = "source " + source.name,
                .repin = "lifeboat doctor --repin " + source.name,
                .tls = source.tls,
                .where_pins_stand = source.url.origin};
  if (tls_by_flag) server.repin = "lifeboat doctor --redis-tls pin --repin " + source.name;
  if (by_flag) server.repin = kRepinOfFlag;
  if (by_flag) server.where_pins_stand = "tls_pins of " + source.name;
  if (tls_by_flag) server.where_pins_stand = "--redis-pin";
  return server;
}

std::string place_of(const resp::Address& address) {
  return address.host + ":" + std::to_string(address.port);
}

KeyMemory memory_of(Session& session, const resp::Address& address) {
  return {session.settings().state_dir.value, place_of(address)};
}

/// What to do if the key is another one than the pinned.
std::string when_changed(const Server& server) {
  const std::string doubt = "; if nobody did, somebody may stand in between";
  if (server.tls.pins.empty()) {
    return "if whoever runs the server changed its key (Heroku does): " + server.repin + doubt;
  }
  return "if whoever runs the server changed its key (Heroku does), pin the new one beside the old "
         "at " +
         server.where_pins_stand + doubt;
}

/// Without what is remembered.
resp::Url url_of(Session& session, const std::string& reference, const Server& server) {
  resp::Url url(session.secret(reference));
  const resp::Address address = resp::parse_address(url.text);
  if (!address.tls) {
    if (!server.tls.said()) return url;
    throw Error(ErrorKind::usage,
                server.name + ": TLS is asked for, but the URL is not one with TLS",
                "its URL has to begin with rediss://, or leave out what is said of TLS");
  }
  url.trust = {.mode = server.tls.mode_or_default(),
               .pins = server.tls.pins,
               .ca_file = server.tls.ca_file,
               .when_changed = when_changed(server)};
  return url;
}

bool is_trusted_by_memory(const resp::Url& url) {
  return url.trust.mode == TlsMode::pin && url.trust.pins.empty() &&
         resp::parse_address(url.text).tls;
}

void trust_what_is_remembered(Session& session, const Server& server, resp::Url& url) {
  const KeyMemory memory = memory_of(session, resp::parse_address(url.text));
  if (!memory.possible()) {
    throw Error(ErrorKind::usage,
                server.name + ": its key is to be pinned, and there is no place to remember it",
                "`lifeboat doctor` shows the key: write it into tls_pins, or give --redis-pin; or "
                "set LIFEBOAT_STATE to a directory");
  }
  if (const auto key = memory.load()) url.trust.pins = {*key};
}

/// If nothing can be reached now, nobody is trusted: the job says what is wrong.
void trust_on_first_use(Session& session, const Server& server, resp::Url& url) {
  const resp::Address address = resp::parse_address(url.text);
  std::string key;
  try {
    key = resp::shown_key(address, session.stop(), kConnect);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::cancelled) throw;
    return;
  }
  const KeyMemory memory = memory_of(session, address);
  memory.keep(key, session.clock().now());
  url.trust.pins = {key};
  session.warn(server.name + ": " + place_of(address) + " is seen for the first time; its key " +
               key + " is trusted from now on and stands in " + memory.file().string());
}

resp::Url trusted_url(Session& session, const std::string& reference, const Server& server) {
  resp::Url url = url_of(session, reference, server);
  if (url.trust.mode == TlsMode::insecure) {
    session.warn(server.name +
                 ": nobody checks who the server is (TLS of mode insecure): whoever stands in "
                 "between can read and change all of it, the password too");
  }
  if (!is_trusted_by_memory(url)) return url;
  trust_what_is_remembered(session, server, url);
  if (url.trust.pins.empty()) trust_on_first_use(session, server, url);
  return url;
}

config::SourceSetting find_redis_source(Session& session, const std::string& name) {
  const auto sources = session.sources();
  const auto found = std::ranges::find_if(sources, [&](const config::SourceSetting& source) {
    return source.name == name && source.kind == config::SourceKind::redis;
  });
  if (found == sources.end()) {
    throw Error(ErrorKind::usage, "no Redis source is named " + name,
                "lifeboat doctor lists them; one of the command line is named redis");
  }
  return *found;
}

}  // namespace

resp::Url redis_url(Session& session, const config::SourceSetting& source) {
  return trusted_url(session, source.url.value, server_of(session, source));
}

resp::Url redis_target(Session& session, const std::string& reference) {
  const config::TlsSettings& tls = session.settings().redis_tls;
  config::check(tls);
  return trusted_url(
      session, reference,
      {.name = "the target", .repin = kRepinOfFlag, .tls = tls, .where_pins_stand = "--redis-pin"});
}

std::vector<doctor::RedisReach> redis_reaches(Session& session,
                                              const std::vector<config::SourceSetting>& sources) {
  std::vector<doctor::RedisReach> reaches;
  for (const config::SourceSetting& source : sources) {
    if (source.kind != config::SourceKind::redis) continue;
    reaches.push_back({.name = source.name,
                       .is_cache = source.role == config::SourceRole::cache,
                       .url = [&session, source] {
                         const Server server = server_of(session, source);
                         resp::Url url = url_of(session, source.url.value, server);
                         if (is_trusted_by_memory(url)) {
                           trust_what_is_remembered(session, server, url);
                         }
                         return url;
                       }});
  }
  return reaches;
}

Repinned repin(Session& session, const std::string& name) {
  const config::SourceSetting source = find_redis_source(session, name);
  const Server server = server_of(session, source);
  const resp::Url url = url_of(session, source.url.value, server);
  const resp::Address address = resp::parse_address(url.text);
  if (!is_trusted_by_memory(url)) {
    const bool has_pins = !source.tls.pins.empty();
    throw Error(ErrorKind::usage,
                has_pins ? "the keys of " + name + " stand at " + server.where_pins_stand
                         : "source " + name + " is not known by a pinned key",
                has_pins ? "write the new one there, beside the old"
                         : "for that it has to be a rediss:// one with tls = \"pin\"");
  }
  const KeyMemory memory = memory_of(session, address);
  Repinned done{.source = name,
                .server = place_of(address),
                .key = resp::shown_key(address, session.stop(), kConnect),
                .before = std::nullopt,
                .file = memory.file().string()};
  try {
    done.before = memory.load();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::corrupt) throw;  // what cannot be read is written anew
  }
  memory.keep(done.key, session.clock().now());
  return done;
}

std::string repinned_text(const Repinned& done) {
  std::string text =
      "source " + done.source + ": " + done.server + " is trusted by the key\n  " + done.key + "\n";
  if (done.before && *done.before != done.key) text += "instead of\n  " + *done.before + "\n";
  if (done.before && *done.before == done.key) text += "as before\n";
  return text + "kept in " + done.file + "\n";
}

Json repinned_json(const Repinned& done) {
  return {{"source", done.source},
          {"server", done.server},
          {"key", done.key},
          {"before", done.before ? Json(*done.before) : Json(nullptr)},
          {"file", done.file}};
}

}  // namespace lifeboat::cli
