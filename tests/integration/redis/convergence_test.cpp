// A capture that claims to be exact is compared with a second server that was brought, command by
// command, to the moment that the capture shows. The writer counts its commands in a key, in the
// same transaction, so the captured data say themselves which moment they are.
#include <gtest/gtest.h>

#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <random>
#include <thread>

#include "redis_content.h"

namespace lifeboat::redis {
namespace {

using harness::MemoryRecords;
using harness::RedisServer;
using resp::Connection;
using Words = std::vector<std::string>;

/// Commands that any client could send, the same ones each time for one seed.
class Commands {
 public:
  Commands(unsigned seed, bool rare) : random_(seed), rare_(rare) {}

  struct Step {
    std::string database;
    Words words;
  };
  Step next() {
    ++number_;
    const std::string database = pick({"0", "2", "3"});
    if (rare_ && random_() % 1500 == 0) return {pick({"2", "3"}), {"FLUSHDB"}};
    if (rare_ && random_() % 1500 == 0) return {"0", {"SWAPDB", "2", "3"}};
    return {database, random_() % 4 == 0 ? of_a_stream() : of_a_key()};
  }

 private:
  std::string pick(std::initializer_list<const char*> of) {
    return *(of.begin() + random_() % of.size());
  }
  std::string number() { return std::to_string(random_() % 1000); }
  std::string key(const char* kind) { return kind + std::to_string(random_() % 40); }

  Words of_a_key() {
    const std::string any = key(pick({"s", "l", "h", "z", "e"}).c_str());
    switch (random_() % 18) {
      case 0:
        return {"SET", key("s"), std::string(random_() % 300, 'v') + number()};
      case 1:
        return {"SET", key("s"), "v", "PXAT", std::to_string(4'000'000'000'000 + random_() % 9999)};
      case 2:
        return {"INCR", key("i")};
      case 3:
        return {"APPEND", key("s"), number()};
      case 4:
        return {"RPUSH", key("l"), number(), "x"};
      case 5:
        return {"LPOP", key("l")};
      case 6:
        return {"SADD", key("e"), number(), "m"};
      case 7:
        return {"SREM", key("e"), number()};
      case 8:
        return {"ZADD", key("z"), number(), "m" + number()};
      case 9:
        return {"HSET", key("h"), "f" + number(), number()};
      case 10:
        return {"DEL", any};
      case 11:
        return {"RENAME", any, key("s")};
      case 12:
        return {"COPY", any, key("c"), "DB", "2", "REPLACE"};
      case 13:
        return {"MOVE", any, "7"};
      case 14:
        return {"PEXPIREAT", any, pick({"1", "4000000000500"})};
      case 15:
        return {"PERSIST", any};
      case 16:
        return {"SORT", key("l"), "ALPHA", "STORE", key("l")};
      default:
        return {"EVAL", "redis.call('SET', KEYS[1], ARGV[1]) redis.call('DEL', KEYS[2])",
                "2",    key("s"),
                any,    number()};
    }
  }

  Words of_a_stream() {
    const std::string stream = key("x");
    const std::string id = std::to_string(number_) + "-1";
    switch (random_() % 8) {
      case 0:
        return {"XGROUP", "CREATE", stream, pick({"g", "h"}), "0", "MKSTREAM"};
      case 1:
        return {"XREADGROUP", "GROUP", "g", pick({"alice", "bob"}), "COUNT", "2",
                "STREAMS",    stream,  ">"};
      case 2:
        return {"XACK", stream, "g", std::to_string(number_ / 2) + "-1"};
      case 3:
        return {"XTRIM", stream, "MAXLEN", "20"};
      case 4:
        return {"XGROUP", "SETID", stream, "h", id};
      case 5:
        return {"XGROUP", "DESTROY", stream, "h"};
      default:
        return {"XADD", stream, id, "f", number()};
    }
  }

  std::mt19937 random_;
  bool rare_;
  std::uint64_t number_ = 0;
};

/// One step and its count, in one transaction. What the command itself answers does not matter: it
/// does the same in both servers.
void take_step(Connection& connection, const Commands::Step& step, std::uint64_t count) {
  connection.send({"MULTI"});
  connection.send({"SELECT", step.database});
  connection.send(std::vector<std::string_view>(step.words.begin(), step.words.end()));
  connection.send({"SELECT", "0"});
  connection.send({"SET", "steps", std::to_string(count)});
  connection.send({"EXEC"});
  resp::Value reply;
  for (int i = 0; i < 6; ++i) reply = connection.receive();
  ASSERT_EQ(reply.items.size(), 4U) << step.words.front();
}

class Writer {
 public:
  Writer(const RedisServer& server, unsigned seed, bool rare)
      : thread_([this, url = server.url(), seed, rare](const std::stop_token& stop) {
          Connection connection(url, {});
          Commands commands(seed, rare);
          for (std::uint64_t step = 1; !stop.stop_requested(); ++step) {
            take_step(connection, commands.next(), step);
            // It never ends by itself, so that each capture has to settle while it writes.
            if (step % 7 == 0 || step > kBusySteps) breathe(stop, step);
          }
        }) {}

 private:
  static constexpr std::uint64_t kBusySteps = 1'000;

  /// So that the rate is one of an application, and sinks in time on a machine that is busy.
  static void breathe(const std::stop_token& stop, std::uint64_t step) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, std::chrono::milliseconds(2 + step / 500), [] { return false; });
  }
  std::jthread thread_;
};

void replay(const RedisServer& server, unsigned seed, bool rare, std::uint64_t steps) {
  Connection connection = server.connect();
  Commands commands(seed, rare);
  for (std::uint64_t step = 1; step <= steps; ++step) {
    take_step(connection, commands.next(), step);
  }
}

/// One capture under a writer; how many steps the captured moment has.
std::uint64_t compare_with_replay(unsigned seed, bool rare) {
  RedisServer source;
  Connection ballast = source.connect(3);
  run(ballast, {"EVAL", "for i = 1, 3000 do redis.call('SET', 'ballast' .. i, i) end", "0"});
  MemoryRecords records;
  Capture capture;
  {
    const Writer writer(source, seed, rare);
    CaptureRequest request;
    request.depth = 10;  // slow enough for many changes while it scans
    request.restarts = 1000;
    request.settle_time = std::chrono::seconds(120);
    capture = capture_of(source, records, request);
  }
  EXPECT_TRUE(capture.exact) << capture.reason;
  RedisServer target;
  EXPECT_EQ(load_into(target, capture, records).refused, 0U);
  const resp::Value count = target.connect().require({"GET", "steps"});
  const std::uint64_t at = count.is_nil() ? 0 : std::stoull(count.text);
  RedisServer model;
  Connection same = model.connect(3);
  run(same, {"EVAL", "for i = 1, 3000 do redis.call('SET', 'ballast' .. i, i) end", "0"});
  replay(model, seed, rare, at);
  EXPECT_EQ(content_of(target), content_of(model)) << "seed " << seed << " at step " << at;
  return at;
}

bool long_run() {
  const char* value = std::getenv("LIFEBOAT_TEST_LONG");
  return value != nullptr && std::string(value) == "1";
}

TEST(RedisConvergence, AnExactCaptureIsTheStateAtOneMomentWhileOthersWrite) {
  for (unsigned seed = 1; seed <= (long_run() ? 30U : 1U); ++seed) {
    EXPECT_GT(compare_with_replay(seed, false), 0U);
  }
}

TEST(RedisConvergence, HoldsThroughFlushesAndSwapsOfDatabases) {
  for (unsigned seed = 101; seed <= (long_run() ? 120U : 101U); ++seed) {
    static_cast<void>(compare_with_replay(seed, true));
  }
}

TEST(RedisConvergence, IsCalledFuzzyIfItNeverSettles) {
  RedisServer source;
  fill(source, 5);
  CaptureRequest request;
  request.settle_time = std::chrono::milliseconds(0);
  MemoryRecords records;
  const Capture capture = capture_of(source, records, request);
  EXPECT_FALSE(capture.exact);
  EXPECT_NE(capture.reason.find("faster"), std::string::npos);
  EXPECT_TRUE(capture.unsettled);
}

}  // namespace
}  // namespace lifeboat::redis
