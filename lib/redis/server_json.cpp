#include "redis/server_json.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "redis/flush.h"

namespace lifeboat::redis {
namespace {

using nlohmann::json;

constexpr int kFormat = 1;

/// A server's own words may be no UTF-8.
std::string dump(const json& document) {
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

json allowed_names(const Allowed& allowed) {
  json names = json::array();
  const auto add = [&](bool is_allowed, const char* name) {
    if (is_allowed) names.push_back(name);
  };
  add(allowed.info, "info");
  add(allowed.tracking, "tracking");
  add(allowed.memory_usage, "memory-usage");
  add(allowed.pexpiretime, "pexpiretime");
  add(allowed.function_dump, "function-dump");
  add(allowed.no_touch, "no-touch");
  add(allowed.object, "object");
  add(allowed.sync, "sync");
  add(allowed.acl_list, "acl-list");
  return names;
}

std::string tls_word(const ServerFacts& server) {
  return server.tls ? std::string(name_of(*server.tls)) : "none";
}

}  // namespace

std::string to_json(const Capture& capture) {
  json databases = json::array();
  for (const auto& [number, keys] : capture.databases) {
    databases.push_back({{"number", number}, {"keys", keys}});
  }
  constexpr std::uint64_t kNotCounted = std::numeric_limits<std::int64_t>::max();
  const ServerFacts& server = capture.server;
  return dump({{"format", kFormat},
               {"engine", server.engine},
               {"version", server.version},
               {"mode", server.mode},
               {"role", server.role},
               {"run_id", server.run_id},
               {"rdb_version", capture.rdb_version},
               {"eviction_policy", server.eviction_policy},
               {"allowed", allowed_names(server.allowed)},
               {"acl", server.acl},
               {"tls", tls_word(server)},
               {"tls_key", server.tls_key},
               {"databases", databases},
               {"guarantee", capture.exact ? "exact" : "fuzzy"},
               {"reason", capture.reason},
               {"at", to_rfc3339(capture.at)},
               {"window_ms", capture.window.count()},
               {"unsettled", capture.unsettled.value_or(kNotCounted)},
               {"path", capture.path == CapturePath::replication ? "sync" : "scan"},
               {"path_reason", capture.path_reason},
               {"rounds", capture.rounds},
               {"records", capture.records},
               {"rereads", capture.rereads},
               {"read_whole", capture.read_whole},
               {"master_lost", capture.server.master_lost}});
}

CapturedServer captured_server_from_json(std::string_view text) {
  try {
    const json document = json::parse(text);
    if (document.at("format").get<int>() != kFormat) {
      throw Error(ErrorKind::corrupt, "server.json has a format that this version does not know",
                  "use a newer lifeboat");
    }
    CapturedServer server;
    server.engine = document.at("engine").get<std::string>();
    server.version = document.at("version").get<std::string>();
    server.run_id = document.at("run_id").get<std::string>();
    server.rdb_version = document.at("rdb_version").get<std::uint16_t>();
    server.exact = document.at("guarantee").get<std::string>() == "exact";
    server.reason = document.at("reason").get<std::string>();
    for (const json& one : document.at("databases")) {
      server.databases.push_back(one.at("number").get<std::uint32_t>());
    }
    return server;
  } catch (const json::exception& error) {
    throw Error(ErrorKind::corrupt, std::string("server.json cannot be read: ") + error.what());
  }
}

Place place_from_identity_json(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  if (!document.is_object()) return {};
  Place place;
  try {
    const Secret url(document.value("url", ""));
    place.run_id = document.value("run_id", "");
    place.database = resp::parse_address(url).database;
    place.name = flush_name_of(url);
  } catch (const std::exception&) {  // not of our making: nobody can be compared with it
    return place;
  }
  return place;
}

std::string identity_json(const Capture& capture) {
  return dump({{"format", kFormat},
               {"engine", capture.server.engine},
               {"url", capture.host},
               {"tls", tls_word(capture.server)},
               {"run_id", capture.server.run_id}});
}

}  // namespace lifeboat::redis
