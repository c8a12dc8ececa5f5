#include "redis_content.h"

#include <algorithm>
#include <map>

#include "redis/probe.h"

namespace lifeboat::redis {
namespace {

using harness::RedisServer;
using resp::Connection;
using resp::Value;

std::string flat(const Value& value) {
  if (value.kind == resp::Kind::integer) return std::to_string(value.integer);
  if (!value.is_list()) return value.text;
  std::string text = "[";
  for (const Value& item : value.items) text += flat(item) + ",";
  return text + "]";
}

/// Of XINFO STREAM FULL: without times, and without what depends on how it is stored.
Value without_times(const Value& value, ReadCounts read_counts) {
  Value out = value;
  out.items.clear();
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    const std::string& name = value.items[i].text;
    if (name == "seen-time" || name == "active-time" || name == "radix-tree-keys" ||
        name == "radix-tree-nodes" ||
        (read_counts == ReadCounts::left_out && (name == "entries-read" || name == "lag"))) {
      ++i;
      continue;
    }
    Value item = without_times(value.items[i], read_counts);
    // A pending entry: id, consumer, delivery time, count; of a consumer: id, time, count.
    const bool of_group = item.items.size() == 4 && item.items[2].kind == resp::Kind::integer;
    const bool of_consumer = item.items.size() == 3 && item.items[1].kind == resp::Kind::integer;
    if (of_group) item.items[2].integer = 0;
    if (of_consumer) item.items[1].integer = 0;
    out.items.push_back(std::move(item));
  }
  return out;
}

std::vector<std::string> keys_of(Connection& connection) {
  std::vector<std::string> keys;
  for (const Value& key : connection.require({"KEYS", "*"}).items) keys.push_back(key.text);
  std::ranges::sort(keys);
  return keys;
}

/// By name: the server lists them in an order of its own.
std::string functions_of(Connection& connection) {
  std::vector<std::string> libraries;
  for (const Value& one : connection.require({"FUNCTION", "LIST", "WITHCODE"}).items) {
    libraries.push_back(flat(one));
  }
  std::ranges::sort(libraries);
  std::string text;
  for (const std::string& one : libraries) text += one + '\n';
  return text;
}

void queue(Connection& connection, const std::vector<std::string>& words) {
  connection.send(std::vector<std::string_view>(words.begin(), words.end()));
}

void drain(Connection& connection) {
  while (connection.due() > 0) {
    const Value reply = connection.receive();
    if (reply.is_error()) throw resp::to_error(reply, "fill");
  }
}

void fill_big_encodings(Connection& connection) {
  for (int i = 0; i < 600; ++i) {
    const std::string n = std::to_string(i);
    queue(connection, {"HSET", "hash:table", "field" + n, std::string(50, 'v') + n});
    queue(connection, {"SADD", "set:table", "member" + n});
    queue(connection, {"SADD", "set:ints", std::to_string(i * 1'000'003LL)});
    queue(connection, {"ZADD", "zset:skiplist", std::to_string(i) + ".5", "member" + n});
    queue(connection, {"RPUSH", "list:nodes", std::string(100, 'l') + n});
    queue(connection,
          {"XADD", "stream:long", std::to_string(i + 1) + "-0", "n", n, "other" + n, "x"});
  }
  queue(connection, {"RPUSH", "list:plain", std::string(20'000, 'p'), "q"});
  queue(connection, {"XDEL", "stream:long", "17-0", "18-0"});
  queue(connection, {"ZADD", "zset:special", "inf", "a", "-inf", "b", "0", "c", "-0.0", "d"});
}

void fill_streams(Connection& connection) {
  queue(connection, {"XADD", "stream:groups", "1-1", "a", "b"});
  queue(connection, {"XADD", "stream:groups", "2-1", "a", "b", "c", "d"});
  queue(connection, {"XADD", "stream:groups", "3-1", "other", "fields"});
  queue(connection, {"XGROUP", "CREATE", "stream:groups", "g1", "0"});
  queue(connection, {"XGROUP", "CREATE", "stream:groups", "g2", "2-1"});
  queue(connection,
        {"XREADGROUP", "GROUP", "g1", "alice", "COUNT", "2", "STREAMS", "stream:groups", ">"});
  queue(connection,
        {"XREADGROUP", "GROUP", "g1", "bob", "COUNT", "2", "STREAMS", "stream:groups", ">"});
  queue(connection, {"XACK", "stream:groups", "g1", "1-1"});
  queue(connection, {"XGROUP", "CREATE", "stream:empty", "g", "$", "MKSTREAM"});
}

}  // namespace

void run(Connection& connection, const std::vector<std::string>& words) {
  connection.send(std::vector<std::string_view>(words.begin(), words.end()));
  const Value reply = connection.receive();
  if (reply.is_error()) throw resp::to_error(reply, words.front());
}

void fill(const RedisServer& server, int count) {
  for (const unsigned database : {0U, 2U, 9U}) {
    Connection connection = server.connect(database);
    for (int i = 0; i < count; ++i) {
      const std::string n = std::to_string(i);
      queue(connection, {"SET", "string:" + n, "value " + n + std::string(1, '\0') + "\r\n"});
      queue(connection, {"SET", "int:" + n, std::to_string(i * 100'000 - 5)});
      queue(connection, {"SET", "expires:" + n, n, "PXAT", std::to_string(4'000'000'000'000 + i)});
      queue(connection, {"HSET", "hash:" + n, "f", n, "g", std::string(30, 'g')});
      queue(connection, {"RPUSH", "list:" + n, "a", n, std::string(70, 'b'), "-12345678901"});
      queue(connection, {"SADD", "set:" + n, "a", n, "c"});
      queue(connection, {"SADD", "ints:" + n, "1", n, "70000"});
      queue(connection, {"ZADD", "zset:" + n, "1.5", "a", n, "b"});
      queue(connection, {"SET", "long:" + n, std::string(5'000, 'x')});
      queue(connection, {"PFADD", "hll:" + n, "a", n});
    }
    if (database != 9) {
      fill_big_encodings(connection);
      fill_streams(connection);
    }
    drain(connection);
  }
  Connection connection = server.connect();
  queue(connection, {"FUNCTION", "LOAD",
                     "#!lua name=shop\nredis.register_function('total', function() return 7 end)"});
  drain(connection);
}

std::string content_of(const RedisServer& server, ReadCounts read_counts) {
  Connection connection = server.connect();
  std::string text = "digest " + connection.require({"DEBUG", "DIGEST"}).text + "\n";
  for (const auto& [database, count] :
       parse_keyspace(connection.require({"INFO", "keyspace"}).text)) {
    Connection inside = server.connect(database);
    const std::vector<std::string> keys = keys_of(inside);
    for (const std::string& key : keys) {
      inside.send({"PEXPIRETIME", key});
      inside.send({"TYPE", key});
    }
    std::vector<std::string> streams;
    for (const std::string& key : keys) {
      text += std::to_string(database) + ' ' + key + ' ' + flat(inside.receive()) + '\n';
      if (inside.receive().text == "stream") streams.push_back(key);
    }
    for (const std::string& key : streams) {
      text +=
          key + flat(without_times(inside.require({"XINFO", "STREAM", key, "FULL", "COUNT", "0"}),
                                   read_counts));
      text += '\n';
    }
  }
  return text + functions_of(connection);
}

Capture capture_of(const RedisServer& server, harness::MemoryRecords& records,
                   CaptureRequest request) {
  SilentObserver observer;
  if (request.url.empty()) request.url = server.url();
  return capture(request, records, observer, {});
}

LoadReport load_into(const RedisServer& target, const Capture& capture,
                     harness::MemoryRecords& records, LoadRequest request) {
  SilentObserver observer;
  if (request.url.empty()) request.url = target.url();
  request.source_run_id = capture.server.run_id;
  request.rdb_version = capture.rdb_version;
  return load(request, records, capture.functions, observer, {});
}

}  // namespace lifeboat::redis
