// What a capture meets in bad times: each time a clear error of the right kind, or a snapshot that
// is whole, or one that says that it is fuzzy.
#include <gmock/gmock.h>

#include "harness/postgres_server.h"
#include "harness/redis_cutting_proxy.h"
#include "redis/key_reader.h"
#include "redis_content.h"

namespace lifeboat::redis {
namespace {

using harness::MemoryRecords;
using harness::RedisCuttingProxy;
using harness::RedisServer;
using resp::Connection;
using testing::HasSubstr;

constexpr std::chrono::milliseconds kShortPatience{300};

/// The error of a probe or of a capture; fails if there is none.
template <typename Work>
Error error_of(const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_FALSE(error.message().empty());
    return error;
  }
  ADD_FAILURE() << "no error";
  return Error(ErrorKind::internal, "none");
}

Error error_of_capture(const RedisServer& server, CaptureRequest request = {}) {
  return error_of([&] {
    MemoryRecords records;
    static_cast<void>(capture_of(server, records, std::move(request)));
  });
}

Error error_of_probe(const Secret& url) {
  return error_of([&] { static_cast<void>(probe(url, {}, kShortPatience)); });
}

TEST(RedisCaptureTrouble, AWrongOrMissingPasswordIsDenied) {
  const RedisServer server({.settings = {{"requirepass", "right-canary"}}});
  const Error wrong = error_of_probe(server.url_as("", "wrong-canary"));
  EXPECT_EQ(wrong.kind(), ErrorKind::denied);
  EXPECT_THAT(wrong.message(), HasSubstr("log in"));
  EXPECT_THAT(wrong.message(), testing::Not(HasSubstr("canary")));
  const Error missing = error_of_probe(server.url());
  EXPECT_EQ(missing.kind(), ErrorKind::denied);
  EXPECT_THAT(missing.hint(), HasSubstr("password"));
}

Bytes log_of_keys(int keys) {
  Bytes log;
  for (int i = 0; i < keys; ++i) {
    const std::string key = std::to_string(i);
    resp::append_command(log, std::array<std::string_view, 3>{"SET", key, "value"});
  }
  return log;
}

TEST(RedisCaptureTrouble, AServerThatGoesOnLoadingIsUnavailable) {
  // It answers after each 1,024 commands.
  const RedisServer server(
      {.settings = {{"key-load-delay", "200"}}, .command_log = log_of_keys(12'000)});
  const Error error = error_of_probe(server.url());
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_THAT(error.message(), HasSubstr("loading"));
  EXPECT_FALSE(error.hint().empty());
}

TEST(RedisCaptureTrouble, LoadingInTheMiddleIsAnErrorAndNoKeyIsPassedOver) {
  const RedisServer server;
  fill(server);
  Connection other = server.connect();
  run(other,
      {"CONFIG", "SET", "key-load-delay", "2000", "loading-process-events-interval-bytes", "1024"});
  CaptureRequest request;
  request.restarts = 0;
  bool once = false;
  request.after_batch = [&] {
    if (std::exchange(once, true)) return;
    other.send({"DEBUG", "RELOAD"});
    other.flush();
    Connection looks = server.connect();
    while (looks.ask({"DUMP", "a"}).code() != "LOADING") {
    }
  };
  const Error error = error_of_capture(server, request);
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_THAT(error.message(), HasSubstr("LOADING"));
}

TEST(RedisCaptureTrouble, AScriptThatHoldsTheServerUpIsAnErrorAndNoKeyIsPassedOver) {
  const RedisServer server({.settings = {{"lua-time-limit", "50"}}});
  fill(server);
  Connection other = server.connect();
  CaptureRequest request;
  bool once = false;
  request.after_batch = [&] {
    if (std::exchange(once, true)) return;
    other.send({"EVAL", "while true do end", "0"});
    other.flush();
    Connection looks = server.connect();
    while (looks.ask({"DUMP", "a"}).code() != "BUSY") {
    }
  };
  const Error error = error_of_capture(server, request);
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_THAT(error.message(), HasSubstr("BUSY"));
  EXPECT_EQ(error_of_probe(server.url()).kind(), ErrorKind::unavailable);
}

TEST(RedisCaptureTrouble, WhatIsRefusedForAMomentIsNoKeyThatMayNotBeRead) {
  const RedisServer server;
  Connection connection = server.connect();
  MemoryRecords records;
  RecordWriter writer(records);
  KeyReader reader(connection, {}, writer);
  KeyReader::Dumped refused;
  refused.payload.kind = resp::Kind::error;
  refused.payload.text = "NOPERM this user may not";
  EXPECT_TRUE(reader.write_dumped("hidden", refused, false));
  EXPECT_EQ(reader.take_not_carried().size(), 1U);
  for (const char* words : {"BUSY a script runs", "LOADING the data", "MASTERDOWN link"}) {
    refused.payload.text = words;
    const Error error =
        error_of([&] { static_cast<void>(reader.write_dumped("key", refused, false)); });
    EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  }
}

TEST(RedisCaptureTrouble, AReplicaIsWaitedForWhileItIsSynchronised) {
  const RedisServer master({.settings = {{"rdb-key-save-delay", "4000"}}, .loopback = true});
  Connection there = master.connect();
  run(there, {"EVAL", "for i = 1, 600 do redis.call('SET', i, i) end", "0"});
  const RedisServer replica(
      {.settings = {{"replicaof", "127.0.0.1 " + std::to_string(master.port())}}});
  Connection here = replica.connect();
  while (here.require({"INFO", "replication"}).text.find("master_sync_in_progress:1") ==
         std::string::npos) {
  }
  const Error error = error_of_probe(replica.url());
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_THAT(error.message(), HasSubstr("synchronised"));
  const ServerFacts facts = probe(replica.url(), {});
  EXPECT_EQ(facts.role, "slave");
  EXPECT_FALSE(facts.master_lost);
  EXPECT_EQ(here.require({"DBSIZE"}).integer, 600);
}

TEST(RedisCaptureTrouble, AReplicaWithoutItsMasterIsCapturedAndThatIsNamed) {
  const std::string nobody = "127.0.0.1 " + std::to_string(harness::free_port());
  const RedisServer replica({.settings = {{"replicaof", nobody}, {"replica-read-only", "no"}}});
  Connection connection = replica.connect();
  run(connection, {"SET", "a", "1"});
  MemoryRecords records;
  const Capture capture = capture_of(replica, records);
  EXPECT_TRUE(capture.exact) << capture.reason;
  ASSERT_EQ(capture.not_carried.size(), 1U);
  EXPECT_EQ(capture.not_carried[0].severity, Severity::loss);
  EXPECT_THAT(capture.not_carried[0].reason, HasSubstr("link to its master was down"));
  const RedisServer silent(
      {.settings = {{"replicaof", nobody}, {"replica-serve-stale-data", "no"}}});
  const Error error = error_of_probe(silent.url());
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_THAT(error.message(), HasSubstr("lost its master"));
}

TEST(RedisCaptureTrouble, AClusterAndASentinelAreRefusedByName) {
  const RedisServer cluster({.settings = {{"cluster-enabled", "yes"}}, .loopback = true});
  const Error of_cluster = error_of_capture(cluster);
  EXPECT_EQ(of_cluster.kind(), ErrorKind::refused);
  EXPECT_THAT(of_cluster.message(), HasSubstr("cluster"));
  const RedisServer sentinel({.loopback = true, .sentinel = true});
  const Error of_sentinel = error_of_capture(sentinel);
  EXPECT_EQ(of_sentinel.kind(), ErrorKind::refused);
  EXPECT_THAT(of_sentinel.message(), HasSubstr("sentinel"));
}

/// The server has to see first that others have gone.
Connection connected_at_last(const RedisServer& server) {
  while (true) {
    try {
      Connection connection = server.connect();
      run(connection, {"PING"});
      return connection;
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::unavailable) throw;
    }
  }
}

TEST(RedisCaptureTrouble, AServerWithNoConnectionLeftIsUnavailable) {
  const RedisServer server({.settings = {{"maxclients", "4"}}});
  std::vector<Connection> others;
  for (int free = 3; free >= 0; --free) {  // it is refused at its first connection, or a later one
    others.push_back(connected_at_last(server));
    if (free >= 2) continue;
    const Error error = error_of_capture(server);
    EXPECT_EQ(error.kind(), ErrorKind::unavailable) << free;
    EXPECT_THAT(error.message(), HasSubstr("no connection left"));
    EXPECT_THAT(error.hint(), HasSubstr("maxclients"));
  }
}

TEST(RedisCaptureTrouble, AServerThatDiesInTheMiddleIsUnavailable) {
  RedisServer server;
  fill(server);
  CaptureRequest request;
  request.depth = 20;
  int batch = 0;
  request.after_batch = [&] {
    if (++batch == 5) server.kill();
  };
  const Error error = error_of_capture(server, request);
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_GE(batch, 5);
}

/// What came of a capture through a proxy that cuts; "" if all is well.
std::string outcome_of_cut(const RedisServer& server, std::uint64_t at, const std::string& expected,
                           bool& ended) {
  const RedisCuttingProxy proxy(server.home() / "socket", RedisCuttingProxy::Count::from_server,
                                at);
  CaptureRequest request;
  request.url = proxy.url();
  request.depth = 40;
  MemoryRecords records;
  Capture capture;
  ended = false;
  try {
    capture = capture_of(server, records, request);
  } catch (const Error& error) {
    ended = true;
    return error.kind() == ErrorKind::unavailable ? "" : error.message();
  }
  if (!capture.exact) return capture.reason.empty() ? "fuzzy without a reason" : "";
  const RedisServer target;
  load_into(target, capture, records);
  return content_of(target) == expected ? "" : "called exact and is not";
}

TEST(RedisCaptureTrouble, ACutAnywhereIsAnErrorOrASnapshotThatIsWhole) {
  const RedisServer server;
  fill(server, 5);
  const std::string expected = content_of(server);
  std::uint64_t all = 0;
  {
    const RedisCuttingProxy whole(server.home() / "socket", RedisCuttingProxy::Count::from_server,
                                  0);
    CaptureRequest request;
    request.url = whole.url();
    request.depth = 40;
    MemoryRecords records;
    EXPECT_TRUE(capture_of(server, records, request).exact);
    all = whole.bytes();
  }
  ASSERT_GT(all, 50'000U);
  int cuts = 0;
  int errors = 0;
  // Counts of commands, in the server's replies, grow: no two captures have the same bytes.
  for (std::uint64_t at = 1; at < all + 2'000; at += at < 12'000 ? 397 : all / 60) {
    bool ended = false;
    EXPECT_EQ(outcome_of_cut(server, at, expected, ended), "") << "cut behind byte " << at;
    ++cuts;
    if (ended) ++errors;
  }
  std::cout << "[  cuts    ] " << cuts << " of a capture of Redis, " << errors << " ended it"
            << std::endl;
  EXPECT_GT(errors, 60);
}

}  // namespace
}  // namespace lifeboat::redis
