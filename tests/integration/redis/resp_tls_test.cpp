// Redis over TLS: whom a connection takes for its server, and that bytes come as they were sent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "harness/certificates.h"
#include "harness/long_run.h"
#include "harness/postgres_server.h"  // free_port()
#include "harness/redis_server.h"
#include "resp/tls_transport.h"

namespace lifeboat::resp {
namespace {

using harness::Authority;
using harness::KeyPair;
using harness::RedisServer;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::AllOf;
using ::testing::HasSubstr;

Authority& authority() {
  static Authority one;
  return one;
}

/// A redis-server with TLS at one port and without at another.
class TlsServer {
 public:
  explicit TlsServer(const KeyPair& pair, int port = harness::free_port())
      : port_(port), server_({.settings = with_password(pair, port), .loopback = true}) {}

  [[nodiscard]] Url url(const TlsTrust& trust = {}) const {
    return {Secret(text("hunter2")), trust};
  }
  [[nodiscard]] std::string text(const std::string& password) const {
    return "rediss://shop:" + password + "@127.0.0.1:" + std::to_string(port_);
  }
  [[nodiscard]] RedisServer& server() { return server_; }
  /// Over its private socket.
  Value tell(Connection::Arguments words) { return server_.connect().require(words); }

 private:
  static std::vector<std::pair<std::string, std::string>> with_password(const KeyPair& pair,
                                                                        int port) {
    auto settings = pair.redis_settings(port);
    settings.emplace_back("user", "shop on >hunter2 ~* &* +@all");
    return settings;
  }
  int port_;
  RedisServer server_;
};

TlsTrust pinned(std::vector<std::string> pins) {
  return {.mode = TlsMode::pin, .pins = std::move(pins), .when_changed = "pin it anew"};
}

Error error_of(const Url& url, Timeouts timeouts = {}) {
  try {
    Connection connection(url, {}, timeouts);
    static_cast<void>(connection.require({"PING"}));
  } catch (const Error& error) {
    EXPECT_THAT(error.message() + error.hint(), ::testing::Not(HasSubstr("hunter2")));
    return error;
  }
  ADD_FAILURE() << "no error";
  return {ErrorKind::internal, ""};
}

TEST(RespTls, VerifiesByTheAuthorityThatWasNamed) {
  TlsServer server(authority().issue("IP:127.0.0.1"));
  const TlsTrust trust{.ca_file = authority().certificate()};
  Connection connection(server.url(trust), {});
  EXPECT_EQ(connection.require({"PING"}).text, "PONG");

  const Error unknown = error_of(server.url());
  EXPECT_EQ(unknown.kind(), ErrorKind::denied);
  EXPECT_THAT(unknown.hint(), AllOf(HasSubstr("Heroku"), HasSubstr("tls = \"pin\"")));
  EXPECT_EQ(error_of(server.url({.ca_file = "/nowhere.pem"})).kind(), ErrorKind::usage);
}

TEST(RespTls, DoesNotVerifyAnotherNameNorACertificateWhoseTimeIsOver) {
  const TlsTrust trust{.ca_file = authority().certificate()};
  TlsServer foreign(authority().issue("DNS:other.example"));
  EXPECT_EQ(error_of(foreign.url(trust)).kind(), ErrorKind::denied);
  TlsServer expired(authority().issue_expired("IP:127.0.0.1"));
  const Error error = error_of(expired.url(trust));
  EXPECT_EQ(error.kind(), ErrorKind::denied);
  EXPECT_THAT(error.message(), HasSubstr("expired"));
}

TEST(RespTls, PinsAKeyWhateverTheCertificateSays) {
  const KeyPair pair = authority().self_signed("DNS:other.example");
  TlsServer server(pair);
  Connection connection(server.url(pinned({pair.pin()})), {});
  EXPECT_EQ(connection.require({"PING"}).text, "PONG");
  EXPECT_EQ(connection.server_key(), pair.pin());
  EXPECT_EQ(shown_key(connection.address(), {}, milliseconds(10'000)), pair.pin());
}

TEST(RespTls, NamesBothKeysWhenItIsNotThePinnedOne) {
  const KeyPair pair = authority().self_signed("IP:127.0.0.1");
  const std::string other = authority().self_signed("IP:127.0.0.1").pin();
  TlsServer server(pair);
  const Error wrong = error_of(server.url(pinned({other})));
  EXPECT_EQ(wrong.kind(), ErrorKind::denied);
  EXPECT_THAT(wrong.message(), AllOf(HasSubstr(other), HasSubstr(pair.pin())));
  EXPECT_EQ(wrong.hint(), "pin it anew");
  // Without a pin nobody is trusted, and what is no pin is not taken for the name of a file.
  EXPECT_EQ(error_of(server.url(pinned({}))).kind(), ErrorKind::denied);
  EXPECT_EQ(error_of(server.url(pinned({pair.certificate}))).kind(), ErrorKind::usage);
}

TEST(RespTls, TakesTheOldAndTheNewKeyWhileItIsRotated) {
  const KeyPair old_pair = authority().self_signed("IP:127.0.0.1");
  const KeyPair new_pair = authority().self_signed("IP:127.0.0.1");
  TlsServer server(old_pair);
  const Url both = server.url(pinned({old_pair.pin(), new_pair.pin()}));
  EXPECT_EQ(Connection(both, {}).server_key(), old_pair.pin());
  server.tell(
      {"CONFIG", "SET", "tls-cert-file", new_pair.certificate, "tls-key-file", new_pair.key});
  EXPECT_EQ(Connection(both, {}).server_key(), new_pair.pin());
  EXPECT_EQ(error_of(server.url(pinned({old_pair.pin()}))).kind(), ErrorKind::denied);
}

TEST(RespTls, TrustsAnybodyOnlyWhenAsked) {
  TlsServer server(authority().issue_expired("DNS:other.example"));
  Connection connection(server.url({.mode = TlsMode::insecure}), {});
  EXPECT_EQ(connection.require({"PING"}).text, "PONG");
}

TEST(RespTls, RefusesAWrongPassword) {
  TlsServer server(authority().self_signed("IP:127.0.0.1"));
  const Url url(Secret(server.text("hunter22")), {.mode = TlsMode::insecure});
  const Error error = error_of(url);
  EXPECT_EQ(error.kind(), ErrorKind::denied);
  EXPECT_THAT(error.message(), HasSubstr("log in"));
}

TEST(RespTls, SaysThatThePortSpeaksNoTls) {
  RedisServer plain({.settings = {}, .loopback = true});
  const Secret url("rediss://127.0.0.1:" + std::to_string(plain.port()));
  const auto begin = steady_clock::now();
  const Error error =
      error_of(Url(url, {.mode = TlsMode::insecure}), {.connect = milliseconds(500)});
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_THAT(error.message(), HasSubstr("TLS"));
  EXPECT_THAT(error.hint(), HasSubstr("redis:// without"));
  EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(20));
  EXPECT_EQ(error_of(Secret("rediss://127.0.0.1:" + std::to_string(harness::free_port()))).kind(),
            ErrorKind::unavailable);
  EXPECT_EQ(error_of(Secret("rediss://no-such-host.invalid")).kind(), ErrorKind::not_found);
  EXPECT_EQ(error_of(Secret("rediss://a host")).kind(), ErrorKind::usage);
  EXPECT_EQ(error_of(Secret("rediss://127.0.0.1#x")).kind(), ErrorKind::usage);
}

TEST(RespTls, SaysThatThePortSpeaksTls) {
  const int port = harness::free_port();
  TlsServer server(authority().self_signed("IP:127.0.0.1"), port);
  const Error error = error_of(Secret("redis://127.0.0.1:" + std::to_string(port)));
  EXPECT_THAT(error.kind(), ::testing::AnyOf(ErrorKind::unavailable, ErrorKind::corrupt));
  EXPECT_THAT(error.hint(), HasSubstr("rediss://"));
}

TEST(RespTls, PipelinesMoreThanBothSidesBuffer) {
  TlsServer server(authority().self_signed("IP:127.0.0.1"));
  Connection connection(server.url({.mode = TlsMode::insecure}), {});
  constexpr int kCount = 300;  // 30 MB each way before the first reply is taken
  std::string value(100'000, 'v');
  for (int i = 0; i < kCount; ++i) {
    value.replace(0, 6, std::to_string(100'000 + i));
    connection.send({"SET", "k" + std::to_string(i), value});
    connection.send({"GET", "k" + std::to_string(i)});
  }
  for (int i = 0; i < kCount; ++i) {
    value.replace(0, 6, std::to_string(100'000 + i));
    ASSERT_EQ(connection.receive().text, "OK");
    ASSERT_EQ(connection.receive().text, value);
  }
}

/// 1 MB that no two numbers have alike.
std::string megabyte(int number) {
  std::string text;
  std::uint64_t state = 0x9e3779b97f4a7c15U * static_cast<std::uint64_t>(number + 1);
  while (text.size() < 1'000'000) {
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
    text.append(reinterpret_cast<const char*>(&state), sizeof state);
  }
  return text;
}

/// 400 MB each way when there is time.
TEST(RespTls, CarriesManyMegabytesUpAndDownUnchanged) {
  TlsServer server(authority().self_signed("IP:127.0.0.1"));
  Connection connection(server.url({.mode = TlsMode::insecure}), {});
  const int count = harness::long_run() ? 400 : 24;
  for (int i = 0; i < count; ++i) {
    connection.send({"SET", std::to_string(i), megabyte(i)});
    if (connection.unsent_bytes() > 8'000'000) connection.flush();
  }
  for (int i = 0; i < count; ++i) ASSERT_EQ(connection.receive().text, "OK");
  for (int i = 0; i < count; ++i) connection.send({"GET", std::to_string(i)});
  for (int i = 0; i < count; ++i) ASSERT_TRUE(connection.receive().text == megabyte(i)) << i;
}

TEST(RespTls, GrowsItsQueueWhileAWriteIsBlocked) {
  TlsServer server(authority().self_signed("IP:127.0.0.1"));
  Connection connection(server.url({.mode = TlsMode::insecure}), {});
  // The server sleeps: writes stop half way, while the queue is moved in memory by what is added.
  connection.send({"DEBUG", "SLEEP", "0.3"});
  const std::string value(200'000, 'w');
  for (int i = 0; i < 100; ++i) {
    connection.send({"APPEND", "long", value});
    connection.read_what_is_there();
  }
  EXPECT_EQ(connection.receive().text, "OK");
  for (int i = 1; i <= 100; ++i) {
    ASSERT_EQ(connection.receive().integer, static_cast<std::int64_t>(value.size()) * i);
  }
  EXPECT_EQ(server.tell({"GET", "long"}).text, std::string(value.size() * 100, 'w'));
}

TEST(RespTls, StopsWhileItWaits) {
  TlsServer server(authority().self_signed("IP:127.0.0.1"));
  std::stop_source stop;
  Connection connection(server.url({.mode = TlsMode::insecure}), stop.get_token());
  std::jthread stopper([&] { stop.request_stop(); });
  const auto begin = steady_clock::now();
  EXPECT_THROW(static_cast<void>(connection.ask({"BLPOP", "nothing", "0"})), Error);
  EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(1));
}

TEST(RespTls, StopsWhileTheHandshakeWaits) {
  RedisServer silent({.settings = {}, .loopback = true});
  const Url url(Secret("rediss://127.0.0.1:" + std::to_string(silent.port())));
  std::stop_source stop;
  std::jthread stopper([&] {
    // The handshake has begun when the server counts a client.
    Connection watch = silent.connect();
    while (watch.require({"CLIENT", "LIST"}).text.find("127.0.0.1") == std::string::npos) {
    }
    stop.request_stop();
  });
  const auto begin = steady_clock::now();
  try {
    Connection connection(url, stop.get_token());
    ADD_FAILURE() << "a plain server spoke TLS";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::cancelled) << error.message();
  }
  EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST(RespTls, NoticesThatTheConnectionWasCut) {
  TlsServer server(authority().self_signed("IP:127.0.0.1"));
  server.tell({"SET", "long", megabyte(1) + megabyte(2) + megabyte(3)});
  Connection connection(server.url({.mode = TlsMode::insecure}), {});
  connection.send({"GET", "long"});
  connection.flush();
  server.server().kill();
  const auto ask = [&] {
    static_cast<void>(connection.receive());
    // What was underway may have come whole; what is asked now cannot.
    static_cast<void>(connection.ask({"PING"}));
  };
  try {
    ask();
    ADD_FAILURE() << "a dead server answered";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  }
}

}  // namespace
}  // namespace lifeboat::resp
