// A capture that claims to be exact is compared with a second server that is brought, by the first
// one's own append-only file, to the moment that the capture shows. The writers count their
// transactions in keys, so the captured data say themselves which moment they are.
#include <gtest/gtest.h>

#include <condition_variable>
#include <iostream>
#include <mutex>

#include "command_log.h"
#include "harness/disk_vault.h"
#include "redis_content.h"
#include "writers.h"

namespace lifeboat::redis {
namespace {

using harness::long_run;
using harness::MemoryRecords;
using harness::RedisServer;
using resp::Connection;
using std::chrono::steady_clock;

constexpr double kLeastRate = 5'000;

/// How a server is written to, and how it is captured meanwhile.
struct Trial {
  WritersOptions writers;
  std::vector<std::pair<std::string, std::string>> settings;
  CaptureRequest capture = {};
  int ballast = 20'000;         ///< keys that nobody writes to, so that there is something to scan
  std::string capture_as = {};  ///< user with the password "pw"; empty = the default one
  bool full = false;            ///< wait until the server evicts keys
};

struct Outcome {
  Capture capture;
  bool told = true;         ///< which moment it is; not if the server evicted a counting key
  double rate = 0;          ///< commands a second while it was captured
  std::size_t moments = 0;  ///< that the captured counts allow
};

void add_ballast(const RedisServer& server, int keys) {
  Connection connection = server.connect(3);
  run(connection, {"EVAL",
                   "for i = 1, tonumber(ARGV[1]) do "
                   "redis.call('SET', 'ballast' .. i, 'value ' .. i) end",
                   "0", std::to_string(keys)});
}

std::int64_t ballast_in(const RedisServer& server) {
  // SWAPDB may have moved it.
  std::int64_t count = 0;
  for (const unsigned database : {2U, 3U}) {
    Connection connection = server.connect(database);
    count += connection.require({"EVAL", "return #redis.call('KEYS', 'ballast*')", "0"}).integer;
  }
  return count;
}

void expect_soon(const std::function<bool()>& done) {
  const auto deadline = steady_clock::now() + std::chrono::seconds(60);
  std::mutex mutex;
  std::condition_variable never;
  while (!done() && steady_clock::now() < deadline) {
    std::unique_lock lock(mutex);
    never.wait_for(lock, std::chrono::milliseconds(50), [] { return false; });
  }
  EXPECT_TRUE(done());
}

/// What lives for a moment only is gone, in memory, too.
void wait_until_expired(const RedisServer& server) {
  expect_soon([&] {
    Connection connection = server.connect();
    for (const auto& [database, count] :
         parse_keyspace(connection.require({"INFO", "keyspace"}).text)) {
      static_cast<void>(connection.require({"SELECT", std::to_string(database)}));
      const resp::Value left =
          connection.require({"EVAL",
                              "local left = 0 for _, key in ipairs(redis.call('KEYS', '*')) do "
                              "local at = redis.call('PEXPIRETIME', key) "
                              "if at > 0 and at < 4000000000000 then left = left + 1 end end "
                              "return left + redis.call('DBSIZE') - #redis.call('KEYS', '*')",
                              "0"});
      if (left.integer != 0) return false;
    }
    return true;
  });
}

std::uint64_t evicted_keys(const RedisServer& server) {
  return std::stoull(
      parse_info(server.connect().require({"INFO", "stats"}).text).at("evicted_keys"));
}

/// Nothing if a counter is missing: each writer had begun.
std::optional<Steps> steps_in(const RedisServer& server) {
  Steps steps{};
  Connection connection = server.connect();
  for (std::size_t number = 0; number < steps.size(); ++number) {
    const resp::Value count = connection.require({"GET", "steps:" + std::to_string(number)});
    if (count.is_nil()) return std::nullopt;
    steps[number] = std::stoull(count.text);
  }
  return steps;
}

std::string content_at(const CommandLog& log, std::size_t moment) {
  const RedisServer model(
      {.settings = {{"auto-aof-rewrite-percentage", "0"}}, .command_log = log.until(moment)});
  static_cast<void>(probe(model.url(), {}));  // waits until it has loaded
  wait_until_expired(model);
  return content_of(model, ReadCounts::left_out);
}

/// Without the waiting client as a consumer to whom nothing is delivered. If what woke it is gone
/// by the end of its transaction, Redis 7 makes the consumer and says nothing of it in its log.
std::string without_idle_waiter(std::string content) {
  constexpr std::string_view kIdle = "[name,carol,pel-count,0,pending,[],],";
  for (std::size_t at = content.find(kIdle); at != std::string::npos;
       at = content.find(kIdle, at)) {
    content.erase(at, kIdle.size());
  }
  return content;
}

/// Expects `captured` to be what the server of this log held at one of the moments that have these
/// transactions; returns how many there are.
std::size_t expect_a_moment(const CommandLog& log, const Steps& steps,
                            const std::string& captured) {
  const std::vector<std::size_t> moments = log.moments_of(steps);
  EXPECT_FALSE(moments.empty()) << "the captured counts were never true together";
  std::string expected;
  for (const std::size_t moment : moments) {
    expected = without_idle_waiter(content_at(log, moment));
    if (without_idle_waiter(captured) == expected) return moments.size();
  }
  EXPECT_EQ(without_idle_waiter(captured), expected)
      << "of " << moments.size() << " moments none is the captured one";
  return moments.size();
}

/// Captures under writers; if the capture says that it is exact it has to be one of the states that
/// the server had, between two transactions.
Outcome attempt(const Trial& trial) {
  const RedisServer source({.settings = with_command_log(trial.settings)});
  add_ballast(source, trial.ballast);
  MemoryRecords records;
  Outcome outcome;
  {
    Writers writers(source, trial.writers);
    expect_soon([&] { return writers.commands() > 1'000 && writers.all_began(); });
    if (trial.full) expect_soon([&] { return evicted_keys(source) > 100; });
    const std::uint64_t evicted = evicted_keys(source);
    CaptureRequest request = trial.capture;
    if (!trial.capture_as.empty()) request.url = source.url_as(trial.capture_as, "pw");
    const std::uint64_t before = writers.commands();
    const auto begun = steady_clock::now();
    outcome.capture = capture_of(source, records, request);
    const std::chrono::duration<double> took = steady_clock::now() - begun;
    const std::uint64_t after = writers.commands();
    if (trial.full) {
      EXPECT_GT(evicted_keys(source), evicted);
    }
    outcome.rate = static_cast<double>(after - before) / took.count();
    expect_soon([&] { return writers.commands() > after + 500; });  // the moment has an end
  }
  const RedisServer target;
  EXPECT_EQ(load_into(target, outcome.capture, records).refused, 0U);
  if (!trial.full) {
    EXPECT_EQ(ballast_in(target), trial.ballast);
  }
  if (!outcome.capture.exact) return outcome;
  wait_until_expired(target);
  const std::optional<Steps> steps = steps_in(target);
  outcome.told = steps.has_value();
  if (steps) {
    outcome.moments =
        expect_a_moment(CommandLog(source), *steps, content_of(target, ReadCounts::left_out));
  }
  return outcome;
}

/// Many trials; returns how many were exact, and says so.
int attempt_all(const char* what, Trial trial, unsigned first_seed, unsigned count) {
  int exact = 0;
  int told = 0;
  double least_rate = 1e9;
  for (unsigned seed = first_seed; seed < first_seed + count; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    trial.writers.seed = seed;
    const Outcome outcome = attempt(trial);
    if (outcome.capture.exact) ++exact;
    if (outcome.told) ++told;
    least_rate = std::min(least_rate, outcome.rate);
    std::cout << "seed " << seed << ": " << (outcome.capture.exact ? "exact" : "fuzzy") << ", "
              << outcome.capture.rounds << " rounds, " << outcome.capture.restarts << " restarts, "
              << static_cast<int>(outcome.rate) << " commands/s, " << outcome.moments
              << (outcome.told ? " moments; " : " moments, its counters evicted; ")
              << outcome.capture.reason << std::endl;
  }
  std::cout << "[  exact   ] " << exact << " of " << count << " captures " << what
            << ", at no less than " << static_cast<int>(least_rate) << " commands a second"
            << std::endl;
  EXPECT_GE(least_rate, kLeastRate);
  EXPECT_GE(told, 1);
  return exact;
}

TEST(RedisConvergence, AnExactCaptureIsTheStateAtOneMomentWhileOthersWrite) {
  Trial trial;
  trial.capture.depth = 10;  // slow enough for many changes while it scans
  trial.capture.settle_time = std::chrono::seconds(120);
  const unsigned count = long_run() ? 30 : 2;
  EXPECT_EQ(attempt_all("under writers", trial, 1, count), static_cast<int>(count));
}

TEST(RedisConvergence, HoldsThroughFlushesAndSwapsOfDatabases) {
  Trial trial;
  trial.writers.flushes = true;
  trial.ballast = 3'000;
  trial.capture.depth = 100;
  trial.capture.restarts = 1'000;
  trial.capture.settle_time = std::chrono::seconds(120);
  const unsigned count = long_run() ? 20 : 1;
  EXPECT_EQ(attempt_all("under flushes and swaps", trial, 101, count), static_cast<int>(count));
}

TEST(RedisConvergence, HoldsWhileAFullServerEvictsKeys) {
  Trial trial;
  trial.settings = {{"maxmemory", "8mb"}, {"maxmemory-policy", "allkeys-lru"}};
  trial.writers.new_keys = true;
  trial.full = true;
  trial.ballast = 60'000;
  trial.capture.depth = 50;
  trial.capture.settle_time = std::chrono::seconds(120);
  const unsigned count = long_run() ? 20 : 2;
  EXPECT_EQ(attempt_all("of a server that evicts", trial, 201, count), static_cast<int>(count));
}

/// What hosted servers leave to their users (Heroku: CONFIG and OBJECT unknown, 40 connections).
std::vector<std::pair<std::string, std::string>> hosted(const std::string& idle_limit) {
  return {{"user", "shop on >pw ~* &* +@all -@admin -@dangerous +info"},
          {"rename-command", "CONFIG \"\""},
          {"rename-command", "OBJECT \"\""},
          {"maxclients", "40"},
          {"timeout", idle_limit}};
}

TEST(RedisConvergence, HoldsOnAHostedServer) {
  Trial trial;
  trial.settings = hosted("5");
  trial.capture_as = "shop";
  trial.capture.settle_time = std::chrono::seconds(120);
  const unsigned count = long_run() ? 20 : 1;
  EXPECT_EQ(attempt_all("of a hosted server", trial, 301, count), static_cast<int>(count));
}

TEST(RedisConvergence, OutlastsTheIdleLimitOfAHostedServerThatNobodyWritesTo) {
  const RedisServer source({.settings = hosted("1")});
  add_ballast(source, 3'000);
  CaptureRequest request;
  request.url = source.url_as("shop", "pw");
  request.keep_alive = std::chrono::milliseconds(300);
  const auto begun = steady_clock::now();
  std::mutex mutex;
  std::condition_variable never;
  request.after_batch = [&] {  // three times the limit in all
    std::unique_lock lock(mutex);
    never.wait_for(lock, std::chrono::milliseconds(100), [] { return false; });
  };
  MemoryRecords records;
  const Capture capture = capture_of(source, records, request);
  EXPECT_GT(steady_clock::now() - begun, std::chrono::seconds(3));
  EXPECT_TRUE(capture.exact) << capture.reason;
  EXPECT_FALSE(capture.server.allowed.sync || capture.server.allowed.object);
}

TEST(RedisConvergence, IsFuzzyWithCountAndWindowWhereItCannotSettle) {
  Trial trial;
  trial.settings = hosted("5");
  trial.capture_as = "shop";
  trial.capture.settle_time = std::chrono::milliseconds(0);
  const Outcome outcome = attempt(trial);
  EXPECT_FALSE(outcome.capture.exact);
  EXPECT_EQ(outcome.capture.reason, "keys changed faster than they could be read again");
  EXPECT_GT(outcome.capture.unsettled.value_or(0), 0U);
  EXPECT_GT(outcome.capture.window.count(), 0);
}

}  // namespace
}  // namespace lifeboat::redis
