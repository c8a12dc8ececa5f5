#include "redis/flush.h"

#include <chrono>

#include "seal/sodium.h"

namespace lifeboat::redis {
namespace {

using resp::Connection;
using resp::Value;
using std::chrono::steady_clock;

/// Our key goes by itself if we cannot take it away.
constexpr std::string_view kLifetimeMs = "60000";
constexpr std::string_view kShortMs = "20";
constexpr std::chrono::seconds kPatience{10};

constexpr const char* kFlushByHand =
    "let the user run FLUSHDB, or empty it by its provider's own means: a new instance";

[[noreturn]] void fail(const Value& reply, const std::string& doing) {
  Error error = to_error(reply, doing);
  // An unknown command is one that the provider took away.
  const bool gone = error.kind() == ErrorKind::internal;
  throw Error(gone ? ErrorKind::refused : error.kind(), error.message(), kFlushByHand);
}

void set_key(Connection& connection, const std::string& key, std::string_view value,
             std::string_view lifetime_ms) {
  const Value reply = connection.ask({"SET", key, value, "PX", lifetime_ms});
  if (reply.is_error()) fail(reply, "set a key to look for");
}

/// False if the server is full and drops nothing: then it takes no key before it is emptied.
bool takes_a_key(Connection& connection, const std::string& key) {
  const Value reply = connection.ask({"SET", key, "here", "PX", kLifetimeMs});
  if (reply.code() == "OOM") return false;
  if (reply.is_error()) fail(reply, "set a key to look for");
  if (connection.ask({"GET", key}).text != "here") {
    throw Error(ErrorKind::corrupt, "the server does not give back what it has stored");
  }
  return true;
}

void empty(Connection& connection, const std::string& key) {
  // A server that is full has to have its memory back before it takes the next key.
  const bool takes = takes_a_key(connection, key);
  Value reply = takes ? connection.ask({"FLUSHDB", "ASYNC"}) : connection.ask({"FLUSHDB"});
  if (reply.is_error()) reply = connection.ask({"FLUSHDB"});  // before 4.0 there was no ASYNC
  if (reply.is_error()) fail(reply, "empty the database");
  if (!connection.ask({"GET", key}).is_nil()) {
    throw Error(ErrorKind::corrupt, "a key is still there after FLUSHDB", kFlushByHand);
  }
}

void round_trip(Connection& connection, const std::string& key) {
  set_key(connection, key, "again", kShortMs);
  const auto deadline = steady_clock::now() + kPatience;
  for (Value value = connection.ask({"GET", key}); !value.is_nil();
       value = connection.ask({"GET", key})) {
    if (value.text != "again") {
      throw Error(ErrorKind::corrupt, "the server gives a value back otherwise");
    }
    if (steady_clock::now() >= deadline) {
      throw Error(ErrorKind::corrupt, "a key of the server does not expire");
    }
  }
  static_cast<void>(connection.ask({"DEL", key}));
}

std::uint64_t size_of(Connection& connection) {
  const Value size = connection.ask({"DBSIZE"});
  return size.is_error() ? 0 : static_cast<std::uint64_t>(size.integer);
}

}  // namespace

std::string flush_name_of(const resp::Url& url) {
  resp::Address address = resp::parse_address(url.text);
  address.user.clear();
  const std::string text = address.text();
  return text.substr(text.find("://") + 3);
}

FlushTarget look_before_flush(const resp::Url& url, std::stop_token stop) {
  Connection connection(url, std::move(stop));
  FlushTarget target;
  target.name = flush_name_of(url);
  target.database = connection.address().database;
  const Value info = connection.ask({"INFO"});
  if (info.is_text()) read_facts(info.text, target.server);
  const std::string& mode = target.server.mode;
  if (mode == "cluster" || mode == "sentinel") {
    throw Error(ErrorKind::refused, "the target is a " + mode + ", not a single server",
                kFlushByHand);
  }
  if (target.server.role == "slave") {
    throw Error(ErrorKind::refused, "the target is a replica", "empty its master");
  }
  target.keys = size_of(connection);
  return target;
}

Flushed flush(const resp::Url& url, std::stop_token stop) {
  Connection connection(url, std::move(stop));
  const std::string key = "lifeboat:flush:" + to_hex(seal::random_array<8>());
  Flushed flushed;
  flushed.keys_before = size_of(connection);
  empty(connection, key);
  round_trip(connection, key);
  flushed.keys_after = size_of(connection);
  return flushed;
}

}  // namespace lifeboat::redis
