// Inventory and flush against a real memcached.
#include <gtest/gtest.h>

#include "base/error.h"
#include "harness/memcached_server.h"
#include "memcached/flush.h"
#include "memcached/inventory.h"

namespace lifeboat::memcached {
namespace {

using harness::MemcachedServer;

template <typename Work>
Error error_of(Work work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ((error.message() + error.hint()).find("hunter2"), std::string::npos);
    return error;
  }
  ADD_FAILURE() << "no error";
  return Error(ErrorKind::internal, "none");
}

TEST(Memcached, TellsWhatItHoldsAndHowHealthyItIs) {
  MemcachedServer server;
  server.set("a", "1");
  server.set("with%20percent", std::string(1000, 'v'), 100);
  server.set("b", "2", 3000);
  server.run("get a\r\n");
  server.run("get nothing\r\n");
  const Inventory inventory = take_inventory({server.address()}, {});
  ASSERT_EQ(inventory.servers.size(), 1U);
  const ServerInventory& one = inventory.servers[0];
  EXPECT_EQ(one.notes, std::vector<std::string>());
  EXPECT_EQ(one.protocol, Protocol::text);
  EXPECT_TRUE(one.version.starts_with("1."));
  EXPECT_EQ(one.items, 3U);
  EXPECT_EQ(one.limit_bytes, 64U << 20U);
  EXPECT_EQ(one.evictions, 0U);
  EXPECT_EQ(inventory.hit_ratio(), 0.5);
  EXPECT_EQ(one.settings.at("evictions"), "on");
  EXPECT_EQ(inventory.eviction_policy(), "lru");
  ASSERT_TRUE(one.slabs);
  EXPECT_EQ(one.slabs->used_chunks, 3U);
  EXPECT_GE(one.slabs->pages, 2U);
  ASSERT_TRUE(one.keys);
  EXPECT_TRUE(one.keys->complete);
  EXPECT_EQ(one.keys->keys, 3U);
  EXPECT_EQ(one.keys->no_expiry, 1U);
  EXPECT_EQ(one.keys->within_hour, 2U);
  EXPECT_GT(one.keys->bytes, 1000U);
}

TEST(Memcached, CountsAHundredThousandKeysWithoutKeepingThem) {
  MemcachedServer server;
  Connection connection(server.address(), {});
  constexpr int kKeys = 100'000;
  for (int i = 0; i < kKeys;) {
    std::string batch;
    for (const int end = i + 1000; i < end; ++i) {
      batch += "set key" + std::to_string(i) + " 0 0 1 noreply\r\nv\r\n";
    }
    connection.send(batch);
  }
  EXPECT_TRUE(connection.ask("version").starts_with("VERSION"));  // all were taken
  const Walk walk = count_keys(connection, 0);
  ASSERT_TRUE(walk.counts);
  EXPECT_TRUE(walk.counts->complete);
  EXPECT_EQ(walk.counts->keys, static_cast<std::uint64_t>(kKeys));
}

TEST(Memcached, SaysWhereItsKeysAreNotToBeCounted) {
  MemcachedServer closed({.arguments = {"-X"}});
  const Inventory inventory = take_inventory({closed.address()}, {});
  EXPECT_FALSE(inventory.servers[0].keys);
  ASSERT_EQ(inventory.servers[0].notes.size(), 1U);
  EXPECT_NE(inventory.servers[0].notes[0].find("metadump not allowed"), std::string::npos);
  EXPECT_EQ(inventory.servers[0].items, 0U);
}

TEST(Memcached, OfTheBinaryProtocolAloneIsANoteAndNoError) {
  MemcachedServer server({.arguments = {"-B", "binary"}});
  const Inventory inventory = take_inventory({server.address()}, {});
  const ServerInventory& one = inventory.servers[0];
  EXPECT_EQ(one.protocol, Protocol::binary);
  EXPECT_TRUE(one.version.starts_with("1."));
  EXPECT_FALSE(one.items);
  ASSERT_EQ(one.notes.size(), 1U);
  EXPECT_NE(one.notes[0].find("cannot be enumerated"), std::string::npos);
  const Error error =
      error_of([&] { static_cast<void>(look_before_flush({server.address()}, {})); });
  EXPECT_EQ(error.kind(), ErrorKind::refused);
}

TEST(Memcached, LogsInAndRefusesAWrongPassword) {
  MemcachedServer server({.accounts = "joe:hunter2"});
  Address address = server.address();
  EXPECT_EQ(error_of([&] { Connection connection(address, {}); }).kind(), ErrorKind::denied);
  address.user = "joe";
  address.password = Secret("hunter2");
  EXPECT_EQ(take_inventory({address}, {}).servers[0].settings.at("auth_enabled_ascii"), "yes");
  address.password = Secret("hunter22");
  const Error error = error_of([&] { Connection connection(address, {}); });
  EXPECT_EQ(error.kind(), ErrorKind::denied);
  EXPECT_NE(error.message().find("refuses the login"), std::string::npos);
}

TEST(Memcached, OfAPoolOneThatIsDownIsNamedAndAllDownIsAnError) {
  MemcachedServer up({.loopback = true});
  MemcachedServer down({.loopback = true});
  up.set("a", "1");
  down.kill();
  const Inventory inventory = take_inventory({down.address(), up.address()}, {});
  ASSERT_EQ(inventory.servers.size(), 2U);
  EXPECT_FALSE(inventory.servers[0].protocol);
  EXPECT_NE(inventory.servers[0].notes.at(0).find("connect"), std::string::npos);
  EXPECT_EQ(inventory.items(), 1U);
  EXPECT_EQ(error_of([&] { static_cast<void>(take_inventory({down.address()}, {})); }).kind(),
            ErrorKind::unavailable);
}

TEST(Memcached, IsEmptiedAndStoresAgain) {
  MemcachedServer server;
  for (int i = 0; i < 50; ++i) server.set("k" + std::to_string(i), "old");
  EXPECT_EQ(look_before_flush({server.address()}, {}).at(0).items, 50U);
  const Flushed flushed = flush(server.address(), {});
  EXPECT_EQ(flushed.items_before, 50U);
  EXPECT_EQ(flushed.keys_after, 0U);  // our own key is gone, too
  for (int i = 0; i < 50; ++i) EXPECT_EQ(server.run("get k" + std::to_string(i) + "\r\n"), "END");
  server.set("k1", "new");
  EXPECT_EQ(server.run("get k1\r\n"), "VALUE k1 0 3");
}

TEST(Memcached, WithoutCasIsEmptiedEvenOfWhatCameInTheSameSecond) {
  MemcachedServer server({.arguments = {"-C"}});
  server.set("k", "old");
  static_cast<void>(flush(server.address(), {}));
  EXPECT_EQ(server.run("get k\r\n"), "END");
}

TEST(Memcached, ThatIsFullAndDropsNothingIsEmptiedAllTheSame) {
  MemcachedServer server({.arguments = {"-M", "-m", "2"}});
  Connection connection(server.address(), {});
  const std::string value(40'000, 'v');
  std::string said;
  // Until not even the smallest item finds room.
  for (int i = 0; i < 100'000 && !said.starts_with("SERVER_ERROR"); ++i) {
    said = connection.ask("set big" + std::to_string(i) + " 0 0 40000\r\n" + value);
  }
  said.clear();
  for (int i = 0; i < 100'000 && !said.starts_with("SERVER_ERROR"); ++i) {
    said = connection.ask("set small" + std::to_string(i) + " 0 0 2\r\nvv");
  }
  ASSERT_TRUE(said.starts_with("SERVER_ERROR"));
  static_cast<void>(flush(server.address(), {}));
  EXPECT_EQ(server.run("get big1\r\n"), "END");
}

TEST(Memcached, StartedWithoutFlushIsRefusedBeforeAnythingIsTouched) {
  MemcachedServer open({.loopback = true});
  MemcachedServer closed({.arguments = {"-F"}, .loopback = true});
  open.set("k", "v");
  const Error error = error_of([&] {
    static_cast<void>(look_before_flush({open.address(), closed.address()}, {}));
  });
  EXPECT_EQ(error.kind(), ErrorKind::refused);
  EXPECT_NE(error.message().find("flush_all"), std::string::npos);
  EXPECT_EQ(open.run("get k\r\n"), "VALUE k 0 1");
}

}  // namespace
}  // namespace lifeboat::memcached
