// Captures by replication: SYNC, and the RDB that it gives, split into records.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <random>
#include <set>
#include <thread>

#include "harness/warnings.h"
#include "redis/rdb_splitter.h"
#include "redis/record.h"
#include "redis_content.h"
#include "sync_proxy.h"

namespace lifeboat::redis {
namespace {

using harness::MemoryRecords;
using harness::RedisServer;
using resp::Connection;

std::string socket_of(const RedisServer& server) {
  return resp::parse_address(server.url()).socket_path;
}

Capture capture_by_sync(const RedisServer& server, MemoryRecords& records) {
  CaptureRequest request;
  request.path = PathChoice::replication;
  return capture_of(server, records, request);
}

TEST(RedisSync, CarriesEveryTypeExactly) {
  RedisServer source;
  fill(source);
  MemoryRecords records;
  const Capture capture = capture_by_sync(source, records);
  EXPECT_EQ(capture.guarantee(), "exact (replication)");
  EXPECT_EQ(capture.rdb_version, 10);
  EXPECT_EQ(capture.databases.size(), 3U);
  EXPECT_EQ(capture.keys(), capture.records);
  EXPECT_TRUE(capture.not_carried.empty());
  EXPECT_FALSE(records.in_the_middle());

  RedisServer target;
  const LoadReport report = load_into(target, capture, records);
  EXPECT_EQ(report.refused, 0U);
  EXPECT_EQ(report.records, capture.records);
  EXPECT_TRUE(report.functions);
  EXPECT_EQ(content_of(target), content_of(source));
}

/// Records without their order.
std::multiset<std::string> records_of(MemoryRecords& records) {
  std::multiset<std::string> all;
  for (std::size_t i = 0; i < records.range_count(); ++i) {
    const auto bytes = records.open_range(i);
    RecordReader reader(*bytes);
    while (const auto record = reader.next()) {
      Bytes encoded;
      append_record(encoded, *record);
      all.emplace(as_text(encoded));
    }
  }
  return all;
}

TEST(RedisSync, GivesTheSameRecordsAsCommandsDo) {
  RedisServer source;
  fill(source);
  MemoryRecords by_sync;
  MemoryRecords by_commands;
  const Capture sync = capture_by_sync(source, by_sync);
  const Capture commands = capture_of(source, by_commands);
  EXPECT_EQ(records_of(by_sync), records_of(by_commands));
  EXPECT_EQ(sync.functions, commands.functions);
  EXPECT_EQ(sync.databases, commands.databases);
  EXPECT_LE(std::chrono::abs(sync.at - commands.at), std::chrono::seconds(60));
}

TEST(RedisSync, DoesNotDependOnHowTheServerIsSetUp) {
  using Settings = std::vector<std::pair<std::string, std::string>>;
  const std::vector<Settings> ways = {
      {{"maxmemory-policy", "allkeys-lru"}},
      {{"maxmemory-policy", "allkeys-lfu"}},
      {{"rdbcompression", "no"}},
      {{"list-compress-depth", "1"}, {"set-max-intset-entries", "100000"}},
      {{"hash-max-listpack-entries", "0"}, {"zset-max-listpack-entries", "0"}},
      {{"rdbchecksum", "no"}},
  };
  for (const Settings& settings : ways) {
    RedisServer source({.settings = settings, .loopback = false});
    fill(source, 3);
    MemoryRecords records;
    harness::Warnings warnings;
    CaptureRequest request;
    request.url = source.url();
    request.path = PathChoice::replication;
    const Capture taken = capture(request, records, warnings, {});
    // Set up alike: a packed sorted set makes 0 of -0, and DEBUG DIGEST tells the two apart.
    RedisServer target({.settings = settings, .loopback = false});
    LoadRequest load;
    load.allow_eviction = true;
    EXPECT_EQ(load_into(target, taken, records, load).refused, 0U) << settings[0].second;
    EXPECT_TRUE(content_of(target) == content_of(source)) << settings[0].first;
    const bool warned = warnings.text().find("no checksum") != std::string::npos;
    EXPECT_EQ(warned, settings[0].first == "rdbchecksum");
  }
}

/// Whether it is taken for a whole RDB.
bool is_whole(const std::string& bytes) {
  try {
    stream::MemorySource source(Bytes(bytes.begin(), bytes.end()));
    RdbStream stream(source);
    MemoryRecords records;
    RecordWriter writer(records);
    SilentObserver observer;
    static_cast<void>(RdbSplitter(stream, writer, observer).run());
    return true;
  } catch (const Error&) {
    return false;
  }
}

TEST(RedisSync, SeesWhereverTheRdbOfAServerIsCutOrChanged) {
  RedisServer source;
  fill(source, 1);
  const SyncProxy proxy(socket_of(source), {});
  CaptureRequest request;
  request.url = proxy.url();
  request.path = PathChoice::replication;
  MemoryRecords records;
  static_cast<void>(capture_of(source, records, request));
  const std::string answer = proxy.last_answer();
  const std::size_t begin = answer.find("REDIS");
  const std::string rdb = answer.substr(begin, answer.size() - begin - 40);
  ASSERT_TRUE(is_whole(rdb));
  std::mt19937 random(11);
  for (std::size_t at = 0; at < rdb.size(); at += 1 + random() % 401) {
    EXPECT_FALSE(is_whole(rdb.substr(0, at))) << at;
    std::string changed = rdb;
    changed[at] = static_cast<char>(changed[at] ^ (1U << random() % 8));
    EXPECT_FALSE(is_whole(changed)) << at;
  }
}

TEST(RedisSync, CarriesBigValuesInPieces) {
  RedisServer source;
  Connection connection = source.connect(1);
  run(connection, {"SET", "same bytes", std::string(9'000'000, 's') + "end"});
  std::string noise(9'000'000, '\0');
  std::mt19937 random(7);  // so that the server cannot compress it
  for (char& one : noise) one = static_cast<char>(random());
  run(connection, {"SET", "noise", noise});
  run(connection, {"RPUSH", "one element", noise.substr(0, 8'500'000), "and one more"});
  run(connection,
      {"EVAL",
       "local pad = string.rep('p', 1000) "
       "for i = 1, 8700 do "
       "redis.call('RPUSH', 'list', pad .. i) redis.call('SADD', 'set', pad .. i) "
       "redis.call('HSET', 'hash', pad .. i, i) redis.call('ZADD', 'zset', i / 3, pad .. i) "
       "end",
       "0"});
  run(connection, {"PEXPIREAT", "hash", "4000000000123"});
  MemoryRecords records;
  const Capture capture = capture_by_sync(source, records);
  std::set<std::string> in_pieces;
  for (std::size_t i = 0; i < records.range_count(); ++i) {
    const auto bytes = records.open_range(i);
    RecordReader reader(*bytes);
    while (const auto record = reader.next()) {
      if (record->tag == Tag::piece) in_pieces.insert(std::string(record->key));
    }
  }
  EXPECT_EQ(in_pieces, (std::set<std::string>{"hash", "list", "noise", "one element", "same bytes",
                                              "set", "zset"}));
  EXPECT_EQ(capture.keys(), 7U);
  RedisServer target;
  EXPECT_EQ(load_into(target, capture, records).refused, 0U);
  EXPECT_EQ(content_of(target), content_of(source));
}

/// Writes all the time, on several keys and databases, as fast as the server answers.
class Writers {
 public:
  explicit Writers(const RedisServer& server) {
    for (unsigned seed = 1; seed <= 2; ++seed) {
      threads_.emplace_back([url = server.url(seed), seed](const std::stop_token& stop) {
        Connection connection(url, {});
        std::mt19937 random(seed);
        while (!stop.stop_requested()) {
          for (int i = 0; i < 50; ++i) {
            const std::string n = std::to_string(random() % 2000);
            connection.send({"SET", "string:" + n, std::string(random() % 300, 'w')});
            connection.send({"HSET", "hash:" + n, std::to_string(random() % 20), n});
            connection.send({"RPUSH", "list:" + n, n});
            connection.send({"DEL", "list:" + std::to_string(random() % 2000)});
            connection.send({"XADD", "stream:" + std::to_string(random() % 5), "MAXLEN", "~", "500",
                             "*", "f", n});
            connection.send({"SET", "late:" + n, n, "PX", "90000000"});
            connection.send({"SWAPDB", "1", "2"});
          }
          while (connection.due() > 0) static_cast<void>(connection.receive());
        }
      });
    }
  }

 private:
  std::vector<std::jthread> threads_;
};

TEST(RedisSync, IsTheMomentThatAnotherServerLoads) {
  RedisServer source;
  fill(source);
  const SyncProxy proxy(socket_of(source), {});
  MemoryRecords records;
  Capture capture;
  {
    const Writers writers(source);
    CaptureRequest request;
    request.url = proxy.url();
    request.path = PathChoice::replication;
    capture = capture_of(source, records, request);
  }
  // The very bytes that were captured, read by Redis itself.
  const std::string answer = proxy.last_answer();
  const std::size_t begin = answer.find("REDIS");
  ASSERT_NE(begin, std::string::npos);
  const os::TempDir folder("/tmp", "lbrdb-");
  std::filesystem::permissions(folder.path(), std::filesystem::perms::all);  // another user's
  std::ofstream(folder.path() / "dump.rdb", std::ios::binary)
      << answer.substr(begin, answer.size() - begin - 40);
  RedisServer model({.settings = {{"dir", folder.path().string()}, {"dbfilename", "dump.rdb"}},
                     .loopback = false});
  RedisServer target;
  EXPECT_EQ(load_into(target, capture, records).refused, 0U);
  EXPECT_EQ(content_of(target), content_of(model));
  EXPECT_NE(content_of(target), content_of(source));  // it was written to
}

TEST(RedisSync, ReadsAnRdbThatTheServerWroteToItsDiskFirst) {
  RedisServer source({.settings = {{"repl-diskless-sync", "no"}}, .loopback = false});
  fill(source);
  const SyncProxy proxy(socket_of(source), {});
  CaptureRequest request;
  request.url = proxy.url();
  request.path = PathChoice::replication;
  MemoryRecords records;
  const Capture capture = capture_of(source, records, request);
  EXPECT_EQ(proxy.last_answer().find("$EOF"), std::string::npos);
  RedisServer target;
  load_into(target, capture, records);
  EXPECT_EQ(content_of(target), content_of(source));
}

/// Keeps the phases of a job.
class Phases final : public Observer {
 public:
  void phase(std::string_view name) override { names.emplace_back(name); }
  void item_started(std::string_view, std::uint64_t) override {}
  void item_advanced(std::string_view, std::uint64_t, std::uint64_t rows) override { keys += rows; }
  void item_finished(std::string_view) override {}
  void warned(std::string_view) override {}

  std::vector<std::string> names;
  std::uint64_t keys = 0;
};

TEST(RedisSync, TellsWhatItWaitsForWhileTheServerLetsOthersJoin) {
  RedisServer source({.settings = {{"repl-diskless-sync-delay", "1"}}, .loopback = false});
  fill(source, 1);
  Phases phases;
  MemoryRecords records;
  CaptureRequest request;
  request.url = source.url();
  request.path = PathChoice::replication;
  const Capture taken = capture(request, records, phases, {});
  EXPECT_EQ(phases.names, (std::vector<std::string>{"wait for the server", "capture"}));
  EXPECT_EQ(phases.keys, taken.keys());
}

/// Takes its time over each record.
class SlowSink final : public RecordSink {
 public:
  void record(ByteView) override { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }
  void end_range() override {}
  void discard() override { ADD_FAILURE() << "it was dropped"; }
};

TEST(RedisSync, IsNotDroppedForReadingSlowly) {
  // In its long form it takes four times as long as the server waits for one that does not read.
  const char* count = std::getenv("LIFEBOAT_TEST_LONG") != nullptr ? "600" : "30";
  RedisServer source(
      {.settings = {{"repl-timeout", "3"}, {"rdbcompression", "no"}}, .loopback = false});
  Connection connection = source.connect();
  run(connection, {"EVAL", "for i = 1, ARGV[1] do redis.call('SET', i, string.rep('x', 30000)) end",
                   "0", count});
  SlowSink sink;
  SilentObserver observer;
  CaptureRequest request;
  request.url = source.url();
  request.path = PathChoice::automatic;
  const Capture taken = capture(request, sink, observer, {});
  EXPECT_EQ(taken.guarantee(), "exact (replication)");
}

TEST(RedisSync, WritesNothingToTheSourceAndLeavesNoReplica) {
  RedisServer source;
  fill(source);
  const std::string before = content_of(source);
  MemoryRecords records;
  static_cast<void>(capture_by_sync(source, records));
  Connection connection = source.connect();
  const auto replicas = [&] {
    return parse_info(connection.require({"INFO", "replication"}).text).at("connected_slaves");
  };
  for (int tries = 0; replicas() != "0" && tries < 600; ++tries) {
    static_cast<void>(connection.ask({"DEBUG", "SLEEP", "0.05"}));
  }
  EXPECT_EQ(replicas(), "0");
  EXPECT_EQ(content_of(source), before);
}

}  // namespace
}  // namespace lifeboat::redis
