#include "resp/address.h"

#include <gtest/gtest.h>

#include <string>

#include "base/error.h"

namespace lifeboat::resp {
namespace {

Address parse(const std::string& url) { return parse_address(Secret(url)); }

TEST(RedisAddress, ReadsHostPortUserPasswordAndDatabase) {
  const Address address = parse("redis://shop:p%2Fw%40x@db.example:7000/3");
  EXPECT_FALSE(address.tls);
  EXPECT_EQ(address.host, "db.example");
  EXPECT_EQ(address.port, 7000);
  EXPECT_EQ(address.user, "shop");
  EXPECT_EQ(address.password.reveal(), "p/w@x");
  EXPECT_EQ(address.database, 3U);
}

TEST(RedisAddress, TakesAPasswordWithoutAUserAndTheUsualPort) {
  const Address address = parse("rediss://:secret@db.example");
  EXPECT_TRUE(address.tls);
  EXPECT_EQ(address.user, "");
  EXPECT_EQ(address.password.reveal(), "secret");
  EXPECT_EQ(address.port, 6379);
}

TEST(RedisAddress, TakesAnAtSignInThePassword) {
  const Address address = parse("redis://u:a@b@host:1");
  EXPECT_EQ(address.password.reveal(), "a@b");
  EXPECT_EQ(address.host, "host");
}

TEST(RedisAddress, ReadsIpv6AndSockets) {
  EXPECT_EQ(parse("redis://[::1]:7000/1").host, "::1");
  EXPECT_EQ(parse("redis://[::1]:7000/1").port, 7000);
  EXPECT_EQ(parse("redis://[::1]").port, 6379);
  const Address socket = parse("unix://u:p@/run/redis/s.sock?db=5");
  EXPECT_EQ(socket.socket_path, "/run/redis/s.sock");
  EXPECT_EQ(socket.user, "u");
  EXPECT_EQ(socket.database, 5U);
  EXPECT_EQ(parse("unix:///run/a@b.sock").socket_path, "/run/a@b.sock");
}

TEST(RedisAddress, ShowsNoPassword) {
  EXPECT_EQ(parse("redis://shop:hunter2@db.example/3").text(), "redis://shop@db.example:6379/3");
  EXPECT_EQ(parse("redis://:hunter2@[::1]").text(), "redis://[::1]:6379");
  EXPECT_EQ(parse("unix://u:hunter2@/s?db=1").text(), "unix://u@/s?db=1");
}

TEST(RedisAddress, RefusesWhatItCannotReadWithoutQuotingIt) {
  for (const std::string url :
       {"", "hunter2", "http://hunter2@h", "redis://", "redis://u:hunter2@", "redis://h:hunter2",
        "redis://h:0", "redis://h:70000", "redis://h/hunter2", "redis://h/1?x=hunter2",
        "redis://[::1", "redis://[::1]hunter2", "unix://hunter2", "unix:///s?hunter2=1",
        "redis://u:hunter2%zz@h", "redis://u:%00hunter2@h", "redis://h/99999999999"}) {
    try {
      static_cast<void>(parse(url));
      ADD_FAILURE() << url << " was taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::usage) << url;
      EXPECT_EQ((error.message() + error.hint()).find("hunter2"), std::string::npos) << url;
    }
  }
}

}  // namespace
}  // namespace lifeboat::resp
