// What a server that lies, hangs or is none can do: end a command with a clear error, and no more.
#include <gtest/gtest.h>

#include "base/error.h"
#include "memcached/flush.h"
#include "memcached/inventory.h"
#include "memcached/stats.h"
#include "scripted_server.h"

namespace lifeboat::memcached {
namespace {

using std::chrono::milliseconds;

/// For what is expected to be silent; what is expected to speak has the usual time.
constexpr Timeouts kShort{.connect = milliseconds(5000), .answer = milliseconds(300)};
constexpr WalkLimits kShortWalk{.whole = milliseconds(5000), .silence = milliseconds(300)};
const std::string kMet = "VERSION 1.6.18\r\nVERSION 1.6.18\r\nVERSION 1.6.18\r\n";

template <typename Work>
Error error_of(Work work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no error";
  return Error(ErrorKind::internal, "none");
}

/// Of a server that says this to its first client, and nothing to any other.
Error meeting(const std::string& answer, Timeouts timeouts = {}) {
  int clients = 0;
  ScriptedServer server([&](const ScriptedServer::Peer& peer) {
    if (++clients > 1) return;
    static_cast<void>(peer.hear_until("\r\n"));
    static_cast<void>(peer.say(answer));
    peer.wait_for_the_client_to_go();
  });
  return error_of([&] { Connection connection(server.address(), {}, timeouts); });
}

TEST(MemcachedHostile, WhatIsNoMemcachedIsToldSo) {
  for (const char* answer : {"HTTP/1.1 400 Bad Request\r\n\r\n", "-ERR unknown command\r\n",
                             "ERROR\r\n", "\r\n", "VERSION\r\n"}) {
    const Error error = meeting(answer);
    EXPECT_EQ(error.kind(), ErrorKind::corrupt) << answer;
    EXPECT_NE(error.hint().find("Memcached"), std::string::npos) << answer;
  }
  EXPECT_EQ(meeting("CLIENT_ERROR unauthenticated\r\n").kind(), ErrorKind::denied);
  EXPECT_EQ(meeting("ERROR Too many open connections\r\n").kind(), ErrorKind::busy);
}

TEST(MemcachedHostile, WhatRefusesTheTextProtocolMaySpeakTheOtherOne) {
  int clients = 0;
  ScriptedServer server([&](const ScriptedServer::Peer& peer) {
    if (++clients == 1) {
      static_cast<void>(peer.hear_until("\r\n"));
      static_cast<void>(peer.say("ERROR use SASL\r\n"));
    } else {
      std::string answer("\x81\x0b\0\0\0\0\0\0\0\0\0\x05\0\0\0\0\0\0\0\0\0\0\0\0hosted", 30);
      static_cast<void>(peer.say(answer));
    }
    peer.wait_for_the_client_to_go();
  });
  const Connection connection(server.address(), {});
  EXPECT_EQ(connection.protocol(), Protocol::binary);
  EXPECT_EQ(connection.version(), "hoste");  // so long as the answer says, and no longer
}

TEST(MemcachedHostile, SilenceIsUnavailable) {
  EXPECT_EQ(meeting("", kShort).kind(), ErrorKind::unavailable);
  EXPECT_EQ(meeting("VERSI", kShort).kind(), ErrorKind::unavailable);
}

TEST(MemcachedHostile, ALineWithoutEndIsGivenUpAtEightKiB) {
  std::atomic<std::size_t> said{0};
  ScriptedServer server([&](const ScriptedServer::Peer& peer) {
    static_cast<void>(peer.hear_until("\r\n"));
    while (peer.say(std::string(1024, 'x'))) said += 1024;
  });
  const Error error = error_of([&] { Connection connection(server.address(), {}); });
  EXPECT_EQ(error.kind(), ErrorKind::corrupt);
  EXPECT_NE(error.message().find("a line without end"), std::string::npos);
  EXPECT_LT(said, 64U << 20U);  // what the system takes for us; we have left by then
}

/// Speaks as a Memcached until `command` comes, then says `flood` for ever.
Error flooded(const std::string& command, const std::string& flood,
              const std::function<void(Connection&)>& work) {
  ScriptedServer server([&](const ScriptedServer::Peer& peer) {
    static_cast<void>(peer.hear_until("version"));
    static_cast<void>(peer.say(kMet));
    static_cast<void>(peer.hear_until(command));
    while (peer.say(flood)) {
    }
  });
  Connection connection(server.address(), {});
  return error_of([&] { work(connection); });
}

TEST(MemcachedHostile, StatisticsWithoutEndAreGivenUp) {
  int i = 0;
  const Error many = flooded("stats", "STAT a" + std::to_string(++i) + " 1\r\n",
                             [](Connection& c) { static_cast<void>(ask_stats(c, "")); });
  EXPECT_EQ(many.kind(), ErrorKind::corrupt);
  const Error other =
      flooded("stats", "STUFF 1\r\n", [](Connection& c) { static_cast<void>(ask_stats(c, "")); });
  EXPECT_EQ(other.kind(), ErrorKind::corrupt);
}

TEST(MemcachedHostile, AWalkWithoutEndIsGivenUpAndSaysSo) {
  ScriptedServer server([&](const ScriptedServer::Peer& peer) {
    static_cast<void>(peer.hear_until("version"));
    static_cast<void>(peer.say(kMet));
    static_cast<void>(peer.hear_until("metadump"));
    while (peer.say("key=a exp=-1 size=1\r\n")) {
    }
  });
  Connection connection(server.address(), {});
  const Walk walk = count_keys(connection, 1, {.whole = milliseconds(300)});
  ASSERT_TRUE(walk.counts);
  EXPECT_FALSE(walk.counts->complete);
  EXPECT_NE(walk.note.find("took too long"), std::string::npos);
}

TEST(MemcachedHostile, AnOldServerThatDoesNotEndItsWalkIsLeft) {
  ScriptedServer server([&](const ScriptedServer::Peer& peer) {
    static_cast<void>(peer.hear_until("version"));
    static_cast<void>(peer.say(kMet));
    static_cast<void>(peer.hear_until("metadump"));
    static_cast<void>(peer.say("key=a exp=-1 size=1\r\nkey=b exp=-1 size=2\r\n"));
    peer.wait_for_the_client_to_go();
  });
  Connection connection(server.address(), {});
  const Walk walk = count_keys(connection, 1, kShortWalk);
  ASSERT_TRUE(walk.counts);
  EXPECT_FALSE(walk.counts->complete);
  EXPECT_EQ(walk.counts->keys, 2U);
  EXPECT_EQ(walk.counts->bytes, 3U);
  EXPECT_NE(walk.note.find("did not say"), std::string::npos);
}

TEST(MemcachedHostile, AWalkThatNamesSomethingElseIsCorrupt) {
  EXPECT_EQ(flooded("metadump", "a line that is none\r\n",
                    [](Connection& c) { static_cast<void>(count_keys(c, 1)); })
                .kind(),
            ErrorKind::corrupt);
}

TEST(MemcachedHostile, ABusyCrawlerIsANote) {
  ScriptedServer server([&](const ScriptedServer::Peer& peer) {
    static_cast<void>(peer.hear_until("version"));
    static_cast<void>(peer.say(kMet));
    static_cast<void>(peer.hear_until("metadump"));
    static_cast<void>(peer.say("BUSY currently\x1b[31m processing crawler request\r\n"));
    peer.wait_for_the_client_to_go();
  });
  Connection connection(server.address(), {});
  const Walk walk = count_keys(connection, 1);
  EXPECT_FALSE(walk.counts);
  EXPECT_NE(walk.note.find("BUSY"), std::string::npos);
  EXPECT_EQ(walk.note.find('\x1b'), std::string::npos);  // nothing that a terminal would obey
}

/// Answers everything as a Memcached would, but for one thing: flush_all does nothing.
void keep_all(const ScriptedServer::Peer& peer) {
  std::string key;
  while (true) {
    const std::string heard = peer.hear_until("\r\n");
    if (heard.empty()) return;
    if (heard.starts_with("version")) static_cast<void>(peer.say(kMet));
    if (heard.starts_with("stats")) static_cast<void>(peer.say("END\r\n"));
    if (heard.starts_with("set ")) {
      key = heard.substr(4, heard.find(' ', 4) - 4);
      static_cast<void>(peer.say("STORED\r\n"));
    }
    if (heard.starts_with("flush_all")) static_cast<void>(peer.say("OK\r\n"));
    if (heard.starts_with("get ")) {
      static_cast<void>(peer.say("VALUE " + key + " 0 4\r\nhere\r\nEND\r\n"));
    }
  }
}

TEST(MemcachedHostile, AFlushThatChangedNothingIsNoSuccess) {
  ScriptedServer server(keep_all);
  const Error error = error_of(
      [&] { static_cast<void>(flush(server.address(), {}, {}, {.patience = milliseconds(300)})); });
  EXPECT_EQ(error.kind(), ErrorKind::corrupt);
  EXPECT_NE(error.message().find("still there after flush_all"), std::string::npos);
}

TEST(MemcachedHostile, AServerThatHangsUpInTheMiddleIsUnavailable) {
  ScriptedServer server([&](const ScriptedServer::Peer& peer) {
    static_cast<void>(peer.hear_until("version"));
    static_cast<void>(peer.say(kMet + "STAT a 1\r\nSTAT"));
  });
  EXPECT_EQ(error_of([&] {
              static_cast<void>(take_inventory({server.address()}, {}, {}, kShortWalk));
            }).kind(),
            ErrorKind::unavailable);
}

TEST(MemcachedHostile, AStopEndsTheWaiting) {
  ScriptedServer server(
      [&](const ScriptedServer::Peer& peer) { peer.wait_for_the_client_to_go(); });
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  EXPECT_EQ(error_of([&] { Connection connection(server.address(), stop.get_token()); }).kind(),
            ErrorKind::cancelled);
}

}  // namespace
}  // namespace lifeboat::memcached
