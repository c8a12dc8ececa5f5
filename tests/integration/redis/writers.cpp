#include "writers.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

namespace lifeboat::redis {
namespace {

using resp::Connection;

std::vector<std::string_view> views(const Commands::Words& words) {
  return {words.begin(), words.end()};
}

/// Until then, or until the stop.
void wait_until(std::chrono::steady_clock::time_point time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_until(lock, stop, time, [] { return false; });
}

}  // namespace

Commands::Words Commands::of_a_string() {
  switch (number(9)) {
    case 0:
      return {"SET", key("s"), std::string(number(300), 'v') + text()};
    case 1:
      return {"SET", key("s"), "v", "PXAT", std::to_string(4'000'000'000'000 + number(9999))};
    case 2:  // many expire while others look
      return {"SET", key("s"), text(), "PX", std::to_string(1 + number(1500))};
    case 3:
      return {"INCR", key("i")};
    case 4:
      return {"APPEND", key("s"), text()};
    case 5:
      return {"SETRANGE", key("s"), text(200), text()};
    case 6:
      return {"BITFIELD", key("s"), "INCRBY", "u8", text(64), "3"};
    case 7:
      return {"GETEX", key("s"), "PX", std::to_string(1 + number(300))};
    default:
      return number(2) == 0 ? Words{"PFADD", key("p"), text()} : Words{"PFCOUNT", key("p")};
  }
}

Commands::Words Commands::of_a_collection() {
  switch (number(11)) {
    case 0:
      return {"RPUSH", key("l"), text(), "x"};
    case 1:
      return {"LPOP", key("l"), "2"};
    case 2:
      return {"LMOVE", key("l"), key("l"), "LEFT", "RIGHT"};
    case 3:
      return {"LTRIM", key("l"), "0", "60"};
    case 4:
      return {"SADD", key("e"), text(), "m"};
    case 5:
      return {"SPOP", key("e")};
    case 6:
      return {"SMOVE", key("e"), key("e"), "m"};
    case 7:
      return {"SUNIONSTORE", key("e"), key("e"), key("e")};
    case 8:
      return {"HSET", key("h"), "f" + text(), text()};
    case 9:
      return {"HINCRBYFLOAT", key("h"), "f" + text(50), "0.5"};
    default:
      return {"HDEL", key("h"), "f" + text(), "f" + text()};
  }
}

Commands::Words Commands::of_a_sorted_set() {
  switch (number(5)) {
    case 0:
      return {"ZADD", key("z"), text(), "m" + text()};
    case 1:
      return {"ZINCRBY", key("z"), "1.25", "m" + text(100)};
    case 2:
      return {"ZPOPMIN", key("z")};
    case 3:
      return {"ZRANGESTORE", key("z"), key("z"), "0", "50"};
    default:
      return {"GEOADD", key("g"), "13." + text(), "52." + text(), "m" + text(20)};
  }
}

Commands::Words Commands::of_any_key() {
  const std::string any = key(pick({"s", "l", "h", "z", "e", "x"}));
  switch (number(9)) {
    case 0:
      return {pick({"DEL", "UNLINK"}), any};
    case 1:
      return {"RENAME", any, key(pick({"s", "h"}))};
    case 2:
      return {"COPY", any, key("c"), "DB", "2", "REPLACE"};
    case 3:
      return {"MOVE", any, "7"};
    case 4:
      return {"PEXPIREAT", any, pick({"1", "4000000000500"})};
    case 5:
      return {"PEXPIRE", any, std::to_string(1 + number(800))};
    case 6:
      return {"PERSIST", any};
    case 7:
      return {"SORT", key("l"), "ALPHA", "STORE", key("l")};
    default:
      return {"RENAMENX", any, key("n")};
  }
}

Commands::Words Commands::of_a_script() {
  if (number(40) == 0) {
    return {"FUNCTION", "LOAD", "REPLACE",
            "#!lua name=shop" + text(3) + "\nredis.register_function('f" + text(3) +
                "', function() return " + text() + " end)"};
  }
  return {"EVAL",
          "redis.call('SET', KEYS[1], ARGV[1]) redis.call('DEL', KEYS[2]) "
          "redis.call('HSET', KEYS[3], 'script', ARGV[1])",
          "3",
          key("s"),
          key(pick({"s", "l", "z"})),
          "script:" + text(40),
          text()};
}

Commands::Words Commands::of_a_stream() {
  const std::string stream = key("x");
  switch (number(10)) {
    case 0:
      return {"XGROUP", "CREATE", stream, pick({"g", "h"}), "0", "MKSTREAM"};
    case 1:
    case 2:
      return {"XREADGROUP", "GROUP", "g", pick({"alice", "bob"}), "COUNT", "2",
              "STREAMS",    stream,  ">"};
    case 3:
      return {"EVAL",
              "for _, one in ipairs(redis.call('XPENDING', KEYS[1], 'g', '-', '+', 3)) do "
              "redis.call('XACK', KEYS[1], 'g', one[1]) end",
              "1", stream};
    case 4:
      return {"XTRIM", stream, "MAXLEN", "20"};
    case 5:
      return {"XAUTOCLAIM", stream, "g", pick({"alice", "bob"}), "0", "0", "COUNT", "2"};
    case 6:
      return number(2) == 0 ? Words{"XGROUP", "SETID", stream, "h", "$"}
                            : Words{"XGROUP", "DESTROY", stream, "h"};
    case 7:
      return {"XSETID", stream, std::to_string(9'000'000'000'000 + ++ids_) + "-0"};
    default:
      return {"XADD", stream, "*", "f", text()};
  }
}

Commands::Words Commands::next() {
  switch (number(12)) {
    case 0:
    case 1:
    case 2:
      return of_a_string();
    case 3:
    case 4:
    case 5:
      return of_a_collection();
    case 6:
      return of_a_sorted_set();
    case 7:
    case 8:
      return of_any_key();
    case 9:
      return of_a_script();
    default:
      return of_a_stream();
  }
}

Writers::Writers(const harness::RedisServer& server, WritersOptions options)
    : options_(std::move(options)) {
  const Secret url =
      options_.user.empty() ? server.url() : server.url_as(options_.user, options_.password);
  for (std::size_t number = 0; number < kCount; ++number) {
    threads_.emplace_back(
        [this, number, url](const std::stop_token& stop) { write(number, url, stop); });
  }
  threads_.emplace_back([this, url](const std::stop_token& stop) { wait_for_others(url, stop); });
}

void Writers::stop() {
  for (std::jthread& thread : threads_) thread.request_stop();
  threads_.clear();
}

void Writers::take_step(Connection& connection, Commands& commands, std::size_t number,
                        std::uint64_t step) {
  std::vector<Commands::Words> all;
  const std::string database = commands.pick({"0", "2", "3"});
  if (options_.flushes && commands.number(1'500) == 0) {
    all = {{"SELECT", commands.pick({"2", "3"})}, {"FLUSHDB"}};
  } else if (options_.flushes && commands.number(1'500) == 0) {
    all = {{"SELECT", "0"}, {"SWAPDB", "2", "3"}};
  } else {
    all = {{"SELECT", database}};
    for (std::uint64_t left = 1 + commands.number(20); left > 0; --left) {
      all.push_back(commands.next());
    }
    if (options_.new_keys) {
      const std::string name = std::to_string(number) + ":" + std::to_string(step);
      all.push_back({"SET", "new:" + name, std::string(1'500, 'n') + name});
    }
  }
  const std::size_t counted = all.size() - 1;
  all.push_back({"SELECT", "0"});
  all.push_back({"SET", "steps:" + std::to_string(number), std::to_string(step)});
  connection.send({"MULTI"});
  for (const Commands::Words& words : all) connection.send(views(words));
  connection.send({"EXEC"});
  resp::Value reply;
  while (connection.due() > 0) reply = connection.receive();
  // What a command answers does not matter; that none was refused before EXEC does.
  ASSERT_EQ(reply.items.size(), all.size()) << reply.text;
  commands_ += counted;
}

void Writers::write(std::size_t number, const Secret& url, const std::stop_token& stop) {
  Connection connection(url, {});
  Commands commands(options_.seed * 100 + static_cast<unsigned>(number));
  const auto begun = std::chrono::steady_clock::now();
  std::uint64_t sent = 0;
  for (std::uint64_t step = 1; !stop.stop_requested(); ++step) {
    take_step(connection, commands, number, step);
    if (step == 1) ++began_;
    sent += 10;  // on average
    const std::chrono::duration<double> due(static_cast<double>(sent) * kCount / options_.rate);
    wait_until(begun + std::chrono::duration_cast<std::chrono::nanoseconds>(due), stop);
  }
}

void Writers::wait_for_others(const Secret& url, const std::stop_token& stop) {
  Connection connection(url, {});
  Commands commands(options_.seed * 100 + 99);
  while (!stop.stop_requested()) {
    const std::string n = std::to_string(commands.number(40));
    static_cast<void>(connection.ask({"BLMOVE", "l" + n, "blocked", "LEFT", "RIGHT", "0.02"}));
    static_cast<void>(connection.ask({"XREADGROUP", "GROUP", "g", "carol", "COUNT", "3", "BLOCK",
                                      "20", "STREAMS", "x" + n, ">"}));
    static_cast<void>(connection.ask({"LTRIM", "blocked", "0", "100"}));
  }
}

}  // namespace lifeboat::redis
