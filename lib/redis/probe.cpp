#include "redis/probe.h"

#include <charconv>
#include <condition_variable>
#include <mutex>

namespace lifeboat::redis {
namespace {

using resp::Connection;
using resp::Value;
using std::chrono::steady_clock;

/// A name that no application uses: the probes look at it and never write.
constexpr std::string_view kNoKey = "lifeboat:probe:nothing:8c41d0e7";

std::uint64_t number_of(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

void pause(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, std::chrono::milliseconds(250), [] { return false; });
}

/// What the server has to finish before its data can be read; empty if it can be read now. Such a
/// server answers every data command with an error, which is no sign of what is allowed; a replica
/// that is being synchronised may also show what it held before, or nothing.
std::string what_to_wait_for(Connection& connection) {
  const Value info = connection.ask({"INFO", "replication"});
  if (info.is_text() && info.text.find("master_sync_in_progress:1") != std::string::npos) {
    return "the replica is being synchronised with its master";
  }
  const Value reply = connection.ask({"DUMP", kNoKey});
  if (!reply.is_error()) return {};
  if (reply.code() == "LOADING") return "the server is still loading its data";
  if (reply.code() == "BUSY") return "the server is held up by a script";
  if (reply.code() == "MASTERDOWN") {
    return "the replica has lost its master, and may not show old data (replica-serve-stale-data)";
  }
  if (reply.code() == "NOAUTH") {
    throw Error(ErrorKind::denied, "log in: " + reply.text,
                "put user and password into the Redis URL");
  }
  throw Error(ErrorKind::denied, "DUMP is not to be had: " + reply.text,
              "the capture needs SCAN and DUMP; give the user these commands");
}

void wait_until_readable(Connection& connection, const std::stop_token& stop,
                         std::chrono::milliseconds patience) {
  const auto deadline = steady_clock::now() + patience;
  while (true) {
    const std::string why = what_to_wait_for(connection);
    if (why.empty()) return;
    if (steady_clock::now() >= deadline) {
      throw Error(ErrorKind::unavailable, why, "try again when that is over");
    }
    pause(stop);
  }
}

bool allows(Connection& connection, Connection::Arguments arguments) {
  return !connection.ask(arguments).is_error();
}

/// On a connection of its own, which it leaves in RESP3.
bool allows_tracking(Connection& connection) {
  return allows(connection, {"HELLO", "3"}) &&
         allows(connection, {"CLIENT", "TRACKING", "ON", "BCAST"});
}

std::string value_of(const std::map<std::string, std::string, std::less<>>& info,
                     std::string_view name) {
  const auto found = info.find(name);
  return found == info.end() ? "" : found->second;
}

void read_info(Connection& connection, ServerFacts& facts) {
  const Value reply = connection.ask({"INFO"});
  if (!reply.is_text()) return;
  facts.allowed.info = true;
  read_facts(reply.text, facts);
}

void refuse_what_is_not_one_server(const ServerFacts& facts) {
  if (facts.mode == "cluster" || facts.mode == "sentinel") {
    throw Error(ErrorKind::refused, "this is a " + facts.mode + ", not a single server",
                "lifeboat captures and restores single servers");
  }
}

void read_acl(Connection& connection, ServerFacts& facts) {
  const Value reply = connection.ask({"ACL", "LIST"});
  facts.allowed.acl_list = reply.is_list();
  for (const Value& line : reply.items) facts.acl.push_back(without_hashes(line.text));
}

}  // namespace

std::map<std::string, std::string, std::less<>> parse_info(std::string_view text) {
  std::map<std::string, std::string, std::less<>> info;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || line.starts_with('#')) continue;
    info.emplace(line.substr(0, colon), line.substr(colon + 1));
  }
  return info;
}

void read_facts(std::string_view text, ServerFacts& facts) {
  const auto info = parse_info(text);
  const std::string valkey = value_of(info, "valkey_version");
  const bool is_valkey = !valkey.empty() || value_of(info, "server_name") == "valkey";
  facts.engine = is_valkey ? "valkey" : "redis";
  facts.version = valkey.empty() ? value_of(info, "redis_version") : valkey;
  facts.mode = value_of(info, "redis_mode");
  if (facts.mode.empty()) facts.mode = value_of(info, "server_mode");
  facts.role = value_of(info, "role");
  facts.run_id = value_of(info, "run_id");
  facts.eviction_policy = value_of(info, "maxmemory_policy");
  facts.used_memory = number_of(value_of(info, "used_memory"));
  facts.maxmemory = number_of(value_of(info, "maxmemory"));
  facts.resident_memory = number_of(value_of(info, "used_memory_rss"));
  facts.system_memory = number_of(value_of(info, "total_system_memory"));
  if (value_of(info, "cluster_enabled") == "1") facts.mode = "cluster";
}

std::map<std::uint32_t, std::uint64_t> parse_keyspace(std::string_view text) {
  std::map<std::uint32_t, std::uint64_t> databases;
  for (const auto& [name, value] : parse_info(text)) {
    if (!name.starts_with("db") || !value.starts_with("keys=")) continue;
    const auto number = static_cast<std::uint32_t>(number_of(std::string_view(name).substr(2)));
    databases[number] = number_of(std::string_view(value).substr(5));
  }
  return databases;
}

std::map<std::uint32_t, std::uint64_t> databases_of(Connection& connection,
                                                    const Allowed& allowed) {
  if (allowed.info) return parse_keyspace(connection.require({"INFO", "keyspace"}).text);
  std::map<std::uint32_t, std::uint64_t> databases;
  for (std::uint32_t number = 0; number < 1024; ++number) {
    if (!allows(connection, {"SELECT", std::to_string(number)})) break;
    const Value size = connection.ask({"DBSIZE"});
    databases[number] = size.is_error() ? 0 : static_cast<std::uint64_t>(size.integer);
  }
  return databases;
}

std::string without_hashes(std::string_view acl_line) {
  std::string out;
  while (!acl_line.empty()) {
    const std::size_t end = acl_line.find(' ');
    const std::string_view word = acl_line.substr(0, end);
    acl_line.remove_prefix(end == std::string_view::npos ? acl_line.size() : end + 1);
    if (!out.empty()) out += ' ';
    const bool secret = word.starts_with('#') || word.starts_with('>') || word.starts_with('<') ||
                        word.starts_with('!');
    out += secret ? std::string(1, word.front()) + "..." : std::string(word);
  }
  return out;
}

ServerFacts probe(const resp::Url& url, std::stop_token stop, std::chrono::milliseconds patience) {
  Connection connection(url, stop);
  ServerFacts facts;
  if (connection.address().tls) facts.tls = url.trust.mode;
  facts.tls_key = connection.server_key();
  read_info(connection, facts);
  refuse_what_is_not_one_server(facts);
  wait_until_readable(connection, stop, patience);
  if (!facts.allowed.info) read_info(connection, facts);  // it may have been held up
  if (facts.role == "slave") {                            // since then it may have found its master
    const auto info = parse_info(connection.ask({"INFO", "replication"}).text);
    facts.master_lost = value_of(info, "master_link_status") == "down";
  }
  if (const Value scan = connection.ask({"SCAN", "0", "COUNT", "1"}); scan.is_error()) {
    throw Error(ErrorKind::denied, "SCAN is not to be had: " + scan.text,
                "the capture needs SCAN and DUMP; give the user these commands");
  }
  Allowed& allowed = facts.allowed;
  allowed.pexpiretime = allows(connection, {"PEXPIRETIME", kNoKey});
  allowed.memory_usage = allows(connection, {"MEMORY", "USAGE", kNoKey, "SAMPLES", "1"});
  allowed.function_dump = allows(connection, {"FUNCTION", "DUMP"});
  allowed.object = allows(connection, {"OBJECT", "HELP"});
  allowed.no_touch = allows(connection, {"CLIENT", "NO-TOUCH", "ON"});
  read_acl(connection, facts);
  allowed.sync = allows(connection, {"REPLCONF", "capa", "eof"});
  Connection second(url, std::move(stop));
  allowed.tracking = allows_tracking(second);
  return facts;
}

}  // namespace lifeboat::redis
