// Servers that refuse replication, break it off, or lie in it.
#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <set>

#include "harness/rdb_builder.h"
#include "harness/warnings.h"
#include "redis/replication_stream.h"
#include "redis/sync_capture.h"
#include "redis_content.h"
#include "sync_proxy.h"

namespace lifeboat::redis {
namespace {

using harness::MemoryRecords;
using harness::RdbBuilder;
using harness::RedisServer;
using resp::Connection;

std::string socket_of(const RedisServer& server) {
  return resp::parse_address(server.url()).socket_path;
}

CaptureRequest request_for(const Secret& url, PathChoice path) {
  CaptureRequest request;
  request.url = url;
  request.path = path;
  return request;
}

Error failure_of(const CaptureRequest& request, const RedisServer& server) {
  try {
    MemoryRecords records;
    static_cast<void>(capture_of(server, records, request));
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no error";
  return Error(ErrorKind::internal, "");
}

std::uint64_t count_of(MemoryRecords& records) {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < records.range_count(); ++i) {
    const auto bytes = records.open_range(i);
    RecordReader reader(*bytes);
    while (reader.next()) ++count;
  }
  return count;
}

/// By whatever path; what it holds is compared with the source.
Capture captured_whole(const RedisServer& source, const CaptureRequest& request,
                       harness::Warnings& warnings) {
  MemoryRecords records;
  Capture taken = capture(request, records, warnings, {});
  EXPECT_EQ(count_of(records), taken.records);  // nothing is left of an attempt that broke off
  RedisServer target;
  load_into(target, taken, records);
  EXPECT_EQ(content_of(target), content_of(source));
  return taken;
}

TEST(RedisSyncRefusal, FallsBackToCommandsAndSaysWhy) {
  RedisServer source({.settings = {{"user", "one on >pw ~* &* +@all -sync -psync"},
                                   {"user", "two on >pw ~* &* +@all -replconf"}},
                      .loopback = false});
  fill(source, 3);
  harness::Warnings warnings;
  for (const auto& [user, word] : {std::pair("one", "sync"), std::pair("two", "REPLCONF")}) {
    const Secret url = source.url_as(user, "pw");
    const Capture taken = captured_whole(source, request_for(url, PathChoice::automatic), warnings);
    EXPECT_EQ(taken.guarantee(), "exact (tracking)");
    EXPECT_NE(taken.path_reason.find(word), std::string::npos) << taken.path_reason;
    EXPECT_EQ(failure_of(request_for(url, PathChoice::replication), source).kind(),
              ErrorKind::refused);
  }
  EXPECT_EQ(warnings.text(), "");
}

TEST(RedisSyncRefusal, DoesNotSyncWithAServerThatWouldKeepAllWritesForUs) {
  RedisServer source;
  fill(source, 3);
  const SyncProxy proxy(socket_of(source), {.no_rdb_only = true});
  harness::Warnings warnings;
  const Capture taken =
      captured_whole(source, request_for(proxy.url(), PathChoice::automatic), warnings);
  EXPECT_EQ(taken.guarantee(), "exact (tracking)");
  EXPECT_NE(taken.path_reason.find("REPLCONF"), std::string::npos) << taken.path_reason;
  EXPECT_EQ(proxy.answers(), 0);
}

TEST(RedisSyncRefusal, IsNotAskedOfAServerThatAForkMightNotFitInto) {
  ServerFacts server;
  server.allowed.sync = true;
  EXPECT_EQ(reason_against_replication(server), "");  // it told nothing
  server.system_memory = 1'000;
  server.resident_memory = 500;
  EXPECT_EQ(reason_against_replication(server), "");
  server.resident_memory = 501;
  EXPECT_NE(reason_against_replication(server).find("memory"), std::string::npos);
}

TEST(RedisSyncRefusal, NamesAReplicaWithoutItsMaster) {
  RedisServer source({.settings = {{"replicaof", "127.0.0.1 1"}}, .loopback = false});
  const Error error = failure_of(request_for(source.url(), PathChoice::replication), source);
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_NE(error.message().find("without a link to its master"), std::string::npos);
}

/// A server that loads until `faster()`: it answers between two keys.
class LoadingServer {
 public:
  LoadingServer() : reloading_(server.connect()) {
    run(reloading_, {"EVAL",
                     "for i = 1, 200 do local v = '' "
                     "for k = 1, 40 do v = v .. redis.sha1hex(i .. ' ' .. k) end "
                     "redis.call('SET', 'k' .. i, v) end",
                     "0"});
    run(reloading_, {"CONFIG", "SET", "key-load-delay", "100000",
                     "loading-process-events-interval-bytes", "1024"});
    reloading_.send({"DEBUG", "RELOAD"});
    reloading_.flush();
  }
  void faster() {
    Connection other = server.connect();
    run(other, {"CONFIG", "SET", "key-load-delay", "0"});
  }
  [[nodiscard]] std::string end_of_reload() { return reloading_.receive().text; }

  RedisServer server;

 private:
  Connection reloading_;
};

TEST(RedisSyncRefusal, WaitsWhileTheServerLoads) {
  LoadingServer loading;
  CaptureRequest request = request_for(loading.server.url(), PathChoice::replication);
  request.sync_patience.loading = std::chrono::milliseconds(0);
  try {
    const ReplicationStream stream(request, {});
    ADD_FAILURE() << "it does not load";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unavailable);
    EXPECT_NE(error.message().find("loading"), std::string::npos) << error.message();
  }
  const SyncProxy proxy(socket_of(loading.server), {});
  const std::jthread other([&] {
    proxy.wait_for_answers(2);  // it has been told once
    loading.faster();
  });
  const ReplicationStream stream(request_for(proxy.url(), PathChoice::replication), {});
  EXPECT_EQ(loading.end_of_reload(), "OK");
}

TEST(RedisSyncCut, IsNeverTakenForTheWhole) {
  RedisServer source;
  fill(source, 1);
  std::size_t length = 0;
  {
    const SyncProxy proxy(socket_of(source), {});
    MemoryRecords records;
    static_cast<void>(
        capture_of(source, records, request_for(proxy.url(), PathChoice::replication)));
    length = proxy.last_answer().size();
  }
  // All of the first line, the checksum and the end mark; else here and there.
  std::set<std::size_t> places = {0, 1, 5, 44, 46, 47, 48, 60, length - 1, length - 2};
  for (const std::size_t back : {39U, 40U, 41U, 44U, 48U, 49U, 60U}) places.insert(length - back);
  for (std::size_t i = 1; i < 12; ++i) places.insert(length * i / 12);
  for (const std::size_t place : places) {
    const SyncProxy proxy(socket_of(source), {.cut_at = place});
    const Error error = failure_of(request_for(proxy.url(), PathChoice::replication), source);
    EXPECT_EQ(error.kind(), ErrorKind::unavailable) << place << ": " << error.message();
  }
}

TEST(RedisSyncCut, IsTriedAgainAndThenByCommands) {
  RedisServer source;
  fill(source, 3);
  for (const int times : {1, 2}) {
    const SyncProxy proxy(socket_of(source), {.cut_at = 20'000, .times = times});
    harness::Warnings warnings;
    const Capture taken =
        captured_whole(source, request_for(proxy.url(), PathChoice::automatic), warnings);
    EXPECT_EQ(taken.guarantee(), times == 1 ? "exact (replication)" : "exact (tracking)");
    EXPECT_EQ(taken.path_reason.empty(), times == 1);
    EXPECT_NE(warnings.text().find("closed the connection"), std::string::npos);
    EXPECT_EQ(proxy.answers(), 2);
  }
}

/// A vault that cannot take any more.
class FullSink final : public RecordSink {
 public:
  void record(ByteView) override {
    ++records_;
    throw Error(ErrorKind::unavailable, "the vault is full");
  }
  void end_range() override {}
  void discard() override { ADD_FAILURE() << "there is nothing to begin anew for"; }
  [[nodiscard]] int records() const { return records_; }

 private:
  int records_ = 0;
};

TEST(RedisSyncCut, IsNotTakenForAFailureOfTheVault) {
  RedisServer source;
  fill(source, 1);
  harness::Warnings warnings;
  FullSink sink;
  try {
    static_cast<void>(
        capture(request_for(source.url(), PathChoice::automatic), sink, warnings, {}));
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "the vault is full");
  }
  EXPECT_EQ(sink.records(), 1);
  EXPECT_EQ(warnings.text(), "");
}

/// The answer to SYNC, once.
SyncProxy::Plan lie(std::string answer) {
  return {.instead = [answer = std::move(answer)]() mutable { return std::exchange(answer, ""); }};
}

TEST(RedisSyncLie, IsRefused) {
  RedisServer source;
  const Bytes rdb = RdbBuilder().time().key(0, "k").text("v").finish();
  const std::string bytes(as_text(rdb));
  const std::string mark(40, 'm');
  const auto kind = [&](const std::string& answer) {
    const SyncProxy proxy(socket_of(source), lie(answer));
    return failure_of(request_for(proxy.url(), PathChoice::replication), source).kind();
  };
  for (const char* line : {"$EOF:short\r\n", "$\r\n", "$-1\r\n", "$12x\r\n", "+OK\r\n", ":1\r\n",
                           "$99999999999999999999999\r\n"}) {
    EXPECT_EQ(kind(line), ErrorKind::corrupt) << line;
  }
  EXPECT_EQ(kind(std::string(5'000, 'x')), ErrorKind::corrupt);
  EXPECT_EQ(kind("-ERR BGSAVE failed, replication can't continue\r\n"), ErrorKind::refused);
  EXPECT_EQ(kind("$EOF:" + mark + "\r\n" + bytes + std::string(40, 'n')), ErrorKind::corrupt);
  EXPECT_EQ(kind("$" + std::to_string(bytes.size() - 1) + "\r\n" + bytes), ErrorKind::corrupt);
  EXPECT_EQ(kind("$" + std::to_string(bytes.size() + 1) + "\r\n" + bytes + "x"),
            ErrorKind::corrupt);
  const SyncProxy honest(socket_of(source), lie("\n\n$EOF:" + mark + "\r\n" + bytes + mark));
  MemoryRecords records;
  EXPECT_EQ(capture_of(source, records, request_for(honest.url(), PathChoice::replication)).keys(),
            1U);
}

TEST(RedisSyncLie, CannotKeepUsWaitingForEver) {
  RedisServer source;
  const SyncProxy proxy(socket_of(source), {.instead = [] { return std::string("\n"); }});
  CaptureRequest request = request_for(proxy.url(), PathChoice::replication);
  request.sync_patience.start = std::chrono::milliseconds(300);
  const Error error = failure_of(request, source);
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_NE(error.message().find("in time"), std::string::npos) << error.message();
}

/// Counts, and asks for a stop when it has enough.
class CountingSink final : public RecordSink {
 public:
  explicit CountingSink(std::stop_source& stop) : stop_(stop) {}
  void record(ByteView record) override {
    bytes_ += record.size();
    if (bytes_ > 50'000'000) stop_.request_stop();
  }
  void end_range() override {}
  void discard() override {}
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  std::stop_source& stop_;
  std::uint64_t bytes_ = 0;
};

/// What this process holds at the most, from now on; and so far.
void forget_peak() { std::ofstream("/proc/self/clear_refs") << 5; }
long peak_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    long kib = 0;
    if (word == "VmHWM:" && status >> kib) return kib;
  }
  return std::numeric_limits<long>::max();
}

struct Taken {
  long growth_kib = 0;
  std::uint64_t given = 0;  ///< to the sink
  ErrorKind end = ErrorKind::internal;
};

/// A value without an end, or of a length beyond all: what came of it.
Taken take_from(const RdbBuilder& front, const std::string& again, int times) {
  RedisServer source;
  const std::string head = "$EOF:" + std::string(40, 'm') + "\r\n";
  auto left = std::make_shared<int>(times + 1);
  const SyncProxy proxy(socket_of(source),
                        {.instead = [=, first = head + std::string(as_text(front.bytes()))] {
                          if (--*left == times) return first;
                          return *left > 0 ? again : std::string();
                        }});
  forget_peak();
  const long before = peak_kib();
  std::stop_source stop;
  CountingSink sink(stop);
  SilentObserver observer;
  Taken taken;
  try {
    static_cast<void>(capture(request_for(proxy.url(), PathChoice::replication), sink, observer,
                              stop.get_token()));
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    taken.end = error.kind();
  }
  taken.given = sink.bytes();
  taken.growth_kib = peak_kib() - before;
  return taken;
}

TEST(RedisSyncLie, CannotMakeUsTakeMemoryWithoutLimit) {
  constexpr std::uint64_t kHuge = std::uint64_t{1} << 40U;
  const std::string block(1U << 20U, 'x');
  const RdbBuilder element = RdbBuilder("").text(std::string(70, 'e'));
  std::string elements;
  while (elements.size() < block.size()) elements += as_text(element.bytes());
#ifdef __SANITIZE_ADDRESS__
  constexpr long kMost = std::numeric_limits<long>::max();  // what is freed is held for a while
#else
  constexpr long kMost = 40 * 1024;
#endif
  const auto rdb = [] { return RdbBuilder().time(); };
  // A string, and elements without an end: they go on to the sink, until that wants no more.
  const Taken text = take_from(rdb().key(0, "k").length(kHuge), block, 64);
  const Taken members = take_from(rdb().key(2, "k").length(kHuge), elements, 64);
  for (const Taken& taken : {text, members}) {
    EXPECT_EQ(taken.end, ErrorKind::cancelled);
    EXPECT_GT(taken.given, 50'000'000U);
    EXPECT_LT(taken.growth_kib, kMost);
  }
  // A value that cannot go in pieces, and one that nobody asked for.
  const Taken blob = take_from(rdb().key(16, "k").length(kHuge), block, 64);
  const Taken setting = take_from(rdb().byte(250).length(kHuge), block, 64);
  for (const Taken& taken : {blob, setting}) {
    EXPECT_EQ(taken.end, ErrorKind::unavailable);  // the server went at last
    EXPECT_LT(taken.growth_kib, kMost);
  }
}

}  // namespace
}  // namespace lifeboat::redis
