#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <chrono>
#include <string>
#include <thread>

#include "harness/postgres_server.h"
#include "harness/redis_server.h"

namespace lifeboat::resp {
namespace {

using harness::RedisOptions;
using harness::RedisServer;
using std::chrono::steady_clock;

ErrorKind kind_of(const Secret& url, Timeouts timeouts = {}) {
  try {
    Connection connection(url, {}, timeouts);
    static_cast<void>(connection.ask({"PING"}));
  } catch (const Error& error) {
    EXPECT_EQ((error.message() + error.hint()).find("hunter2"), std::string::npos)
        << error.message();
    return error.kind();
  }
  ADD_FAILURE() << "no error";
  return ErrorKind::internal;
}

TEST(RespConnection, TalksOverTcpAndOverASocket) {
  RedisServer server({.settings = {}, .loopback = true});
  Connection socket = server.connect();
  Connection tcp(server.tcp_url(), {});
  EXPECT_EQ(socket.require({"SET", "a", "1"}).text, "OK");
  EXPECT_EQ(tcp.require({"GET", "a"}).text, "1");
  Connection second(server.url(2), {});
  EXPECT_TRUE(second.require({"GET", "a"}).is_nil());
  EXPECT_THROW(static_cast<void>(tcp.require({"NOSUCH"})), Error);
  EXPECT_EQ(tcp.ask({"NOSUCH"}).code(), "ERR");
}

TEST(RespConnection, PipelinesMoreThanBothSidesBuffer) {
  RedisServer server;
  Connection connection = server.connect();
  const std::string value(100'000, 'v');
  constexpr int kCount = 500;  // 50 MB each way before the first reply is taken
  for (int i = 0; i < kCount; ++i) {
    connection.send({"SET", "k" + std::to_string(i), value});
    connection.send({"GET", "k" + std::to_string(i)});
  }
  for (int i = 0; i < kCount; ++i) {
    ASSERT_EQ(connection.receive().text, "OK");
    ASSERT_EQ(connection.receive().text.size(), value.size());
  }
  EXPECT_EQ(connection.due(), 0U);
}

TEST(RespConnection, LogsInAndNeverShowsThePassword) {
  RedisServer server({.settings = {{"user", "default off"}, {"user", "shop on >hunter2 ~* +@all"}},
                      .loopback = false});
  Connection right(server.url_as("shop", "hunter2"), {});
  EXPECT_EQ(right.require({"PING"}).text, "PONG");
  EXPECT_EQ(kind_of(server.url_as("shop", "hunter22")), ErrorKind::denied);
  EXPECT_EQ(kind_of(server.url_as("", "hunter2")), ErrorKind::denied);
}

TEST(RespConnection, DoesNotQuoteAPasswordThatTheServerQuotes) {
  RedisServer server({.settings = {{"rename-command", "AUTH \"\""}}, .loopback = false});
  EXPECT_EQ(kind_of(server.url_as("", "hunter2")), ErrorKind::denied);
}

TEST(RespConnection, SaysWhyNobodyAnswers) {
  EXPECT_EQ(kind_of(Secret("redis://127.0.0.1:" + std::to_string(harness::free_port()))),
            ErrorKind::unavailable);
  EXPECT_EQ(kind_of(Secret("unix:///tmp/no-such-socket")), ErrorKind::not_found);
  EXPECT_EQ(kind_of(Secret("rediss://:hunter2@127.0.0.1:" + std::to_string(harness::free_port()))),
            ErrorKind::unavailable);
}

TEST(RespConnection, GivesUpOnASilentServer) {
  const os::TempDir home("/tmp", "lbsilent-");
  const os::UniqueFd listener(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  const std::string path = home.path() / "s";
  path.copy(name.sun_path, sizeof name.sun_path - 1);
  ASSERT_EQ(bind(listener.get(), reinterpret_cast<sockaddr*>(&name), sizeof name), 0);
  ASSERT_EQ(listen(listener.get(), 5), 0);
  EXPECT_EQ(kind_of(Secret("unix://" + path), {.silence = std::chrono::milliseconds(50)}),
            ErrorKind::unavailable);
}

TEST(RespConnection, StopsWithinASecond) {
  RedisServer server;
  std::stop_source stop;
  Connection connection(server.url(), stop.get_token());
  std::jthread stopper([&] { stop.request_stop(); });
  const auto begin = steady_clock::now();
  try {
    static_cast<void>(connection.ask({"BLPOP", "nothing", "0"}));
    ADD_FAILURE() << "BLPOP came back";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::cancelled);
  }
  EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(1));
}

TEST(RespConnection, NoticesThatTheServerDied) {
  RedisServer server;
  Connection connection = server.connect();
  server.kill();
  try {
    static_cast<void>(connection.ask({"PING"}));
    ADD_FAILURE() << "a dead server answered";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  }
}

}  // namespace
}  // namespace lifeboat::resp
