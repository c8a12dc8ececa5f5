#include "redis/load_target.h"

#include "base/units.h"
#include "base/wire.h"
#include "redis/crc64.h"
#include "redis/loader.h"
#include "redis/target_mark.h"

namespace lifeboat::redis {
namespace {

using resp::Connection;
using resp::Value;

constexpr std::string_view kNoKey = "lifeboat:probe:nothing:8c41d0e7";

/// A string of one byte, as a server of that RDB version would dump it.
Bytes payload_of_version(std::uint16_t rdb_version) {
  WireWriter payload;
  payload.put(std::uint8_t{0}).put(std::uint8_t{1}).put(std::uint8_t{'x'}).put(rdb_version);
  payload.put(crc64(0, payload.bytes()));
  return payload.take();
}

/// A payload that expired in 1970 is looked at by the server and then not stored.
std::string why_it_refuses_payloads(Connection& connection, std::uint16_t rdb_version) {
  if (rdb_version == 0) return {};  // not known: the first RESTORE will tell
  const Bytes payload = payload_of_version(rdb_version);
  const Value reply = connection.ask({"RESTORE", kNoKey, "1", as_text(payload), "ABSTTL"});
  return refuses_payload(reply) != PayloadRefusal::none ? reply.text : "";
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
  const std::uint64_t used = request.replace_target ? 0 : facts.used_memory;
  // A payload takes at least its own bytes in memory, mostly more.
  if (!evicts && used + total_bytes > facts.maxmemory) {
    throw Error(ErrorKind::refused,
                "the target is too small: " + human_bytes(facts.maxmemory) + " of memory, " +
                    human_bytes(used) + " in use, " + human_bytes(total_bytes) + " to restore",
                "restore into a larger server");
  }
}

void check_request(const LoadRequest& request) {
  if (request.into_database && !request.selection.database) {
    throw Error(ErrorKind::usage, "to put keys into another database, say of which one they are");
  }
  if (request.replace_target && request.selection.match) {
    throw Error(ErrorKind::usage, "--replace empties the target, for a part of the keys only",
                "restore the part into an empty server");
  }
}

void check_identity(const LoadRequest& request, const ServerFacts& facts) {
  if (!request.source_run_id.empty() && facts.run_id == request.source_run_id) {
    throw Error(ErrorKind::refused, "this is the server that the snapshot was captured from",
                "restore into a new server");
  }
  if (facts.role == "slave") {
    throw Error(ErrorKind::refused, "the target is a replica", "restore into its master");
  }
}

void check_emptiness(const LoadRequest& request, const TargetState& target) {
  if (request.replace_target && *request.replace_target != target.name) {
    throw Error(ErrorKind::refused,
                "--replace names \"" + *request.replace_target + "\", the target is \"" +
                    target.name + "\"",
                "look twice at which server is meant, then type its name: --replace NAME");
  }
  if (target.keys() == 0 || request.replace || request.replace_target) return;
  if (!target.unfinished.empty()) {
    throw Error(ErrorKind::refused,
                "the target holds a restore that was not finished (" + target.unfinished + ")",
                "empty the target and begin anew: --replace " + target.name);
  }
  throw Error(ErrorKind::refused, "the target holds " + human_count(target.keys()) + " keys",
              "restore into an empty server, or empty this one first: --replace " + target.name);
}

/// All databases, or the one that is restored into.
std::map<std::uint32_t, std::uint64_t> databases_concerned(Connection& connection,
                                                           const LoadRequest& request,
                                                           const ServerFacts& facts) {
  auto databases = databases_of(connection, facts.allowed);
  if (!request.selection.database) return databases;
  const std::uint32_t only = request.target_database(*request.selection.database);
  std::erase_if(databases, [&](const auto& one) { return one.first != only; });
  return databases;
}

/// That the snapshot needs.
void check_databases(Connection& connection, const LoadRequest& request) {
  for (const std::uint32_t database : request.databases) {
    if (request.selection.database && *request.selection.database != database) continue;
    const std::string number = std::to_string(request.target_database(database));
    const Value reply = connection.ask({"SELECT", number});
    if (!reply.is_error()) continue;
    if (reply.code() == "NOPERM") throw resp::to_error(reply, "SELECT");
    throw Error(ErrorKind::refused, "the target has no database " + number + ": " + reply.text,
                "restore into a server with more databases, or one of them alone: --db N");
  }
}

void unlink_all(Connection& connection) {
  std::string cursor = "0";
  do {
    const Value found = connection.require({"SCAN", cursor, "COUNT", "1000"});
    if (found.items.size() != 2) throw Error(ErrorKind::corrupt, "SCAN: an unexpected reply");
    cursor = found.items[0].text;
    std::vector<std::string_view> unlink = {"UNLINK"};
    for (const Value& key : found.items[1].items) {
      if (key.text != kUnfinishedMark) unlink.emplace_back(key.text);
    }
    if (unlink.size() == 1) continue;
    connection.send(unlink);
    const Value reply = connection.receive();
    if (reply.is_error()) throw resp::to_error(reply, "empty the target");
  } while (cursor != "0");
}

/// In one transaction with setting the mark again, so that it is never missing.
void empty_database(Connection& connection, std::uint32_t database, const std::string& mark) {
  static_cast<void>(connection.require({"SELECT", std::to_string(database)}));
  static_cast<void>(connection.require({"MULTI"}));
  if (connection.ask({"FLUSHDB", "ASYNC"}).is_error()) {
    static_cast<void>(connection.require({"DISCARD"}));
    return unlink_all(connection);
  }
  if (!mark.empty()) static_cast<void>(connection.ask({"SET", kUnfinishedMark, mark}));
  const Value done = connection.require({"EXEC"});
  for (const Value& reply : done.items) {
    if (reply.is_error()) throw resp::to_error(reply, "empty the target");
  }
}

}  // namespace

std::uint64_t TargetState::keys() const {
  std::uint64_t keys = 0;
  for (const auto& [database, count] : databases) keys += count;
  return keys;
}

std::string target_name(const LoadRequest& request) {
  const resp::Address address = resp::parse_address(request.url.text);
  std::string name = address.socket_path;
  if (name.empty()) {
    const bool six = address.host.find(':') != std::string::npos;
    name = (six ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
  }
  if (!request.selection.database) return name;
  return name + "/" + std::to_string(request.target_database(*request.selection.database));
}

std::uint32_t mark_database(const LoadRequest& request) {
  if (request.selection.database) return request.target_database(*request.selection.database);
  return resp::parse_address(request.url.text).database;
}

TargetState check_target(const LoadRequest& request, std::uint64_t total_bytes,
                         std::stop_token stop) {
  check_request(request);
  TargetState target;
  target.name = target_name(request);
  target.facts = probe(request.url, stop, request.patience);
  check_identity(request, target.facts);
  Connection connection(request.url, std::move(stop));
  target.databases = databases_concerned(connection, request, target.facts);
  target.unfinished = read_mark(connection, mark_database(request));
  check_emptiness(request, target);
  check_memory(request, target.facts, total_bytes);
  check_databases(connection, request);
  target.refuses_payloads = why_it_refuses_payloads(connection, request.rdb_version);
  return target;
}

void empty_target(Connection& connection, const LoadRequest& request, const TargetState& target) {
  const std::uint32_t marked = mark_database(request);
  const std::string mark = read_mark(connection, marked);
  for (const auto& [database, keys] : target.databases) {
    empty_database(connection, database, database == marked ? mark : "");
  }
  if (!request.selection.database) static_cast<void>(connection.ask({"FUNCTION", "FLUSH"}));
  std::uint64_t left = 0;
  for (const auto& [database, keys] : databases_concerned(connection, request, target.facts)) {
    left += keys;
  }
  if (left > 1) {  // beside the mark
    throw Error(ErrorKind::busy,
                "somebody writes to the target: it holds " + human_count(left - 1) +
                    " keys that came while it was emptied",
                "stop what writes to it, then run the same command again");
  }
}

}  // namespace lifeboat::redis
