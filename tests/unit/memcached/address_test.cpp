#include "memcached/address.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace lifeboat::memcached {
namespace {

std::string texts_of(const std::string& url) { return name_of(parse_servers(Secret(url))); }

TEST(MemcachedAddress, ReadsOneServerAndAList) {
  EXPECT_EQ(texts_of("memcached://cache.example"), "cache.example:11211");
  EXPECT_EQ(texts_of("memcached://cache.example:11300/"), "cache.example:11300");
  EXPECT_EQ(texts_of("a.example:1,b.example,[::1]:3"), "a.example:1,b.example:11211,[::1]:3");
  EXPECT_EQ(texts_of("unix:///run/memcached%20one.sock"), "/run/memcached one.sock");
}

TEST(MemcachedAddress, GivesTheCredentialsToEveryServerAndNeverShowsThem) {
  const auto servers = parse_servers(Secret("memcached://joe:hunter%402@a,b:5"));
  ASSERT_EQ(servers.size(), 2U);
  for (const Address& server : servers) {
    EXPECT_EQ(server.user, "joe");
    EXPECT_EQ(server.password.reveal(), "hunter@2");
    EXPECT_EQ(server.text().find("hunter"), std::string::npos);
  }
  EXPECT_EQ(servers[1].text(), "b:5");
}

TEST(MemcachedAddress, RefusesWhatIsNoServerAndQuotesNoneOfIt) {
  std::string many = "h";
  for (int i = 0; i < 64; ++i) many += ",h";
  for (const std::string& url :
       {std::string(), std::string("http://hunter2"), std::string("memcached://"),
        std::string("a,,b"), std::string("a:hunter2"), std::string("a:0"), std::string("a:65536"),
        std::string("hunter2@a"), std::string("memcached://u:hunter2%@a"),
        std::string("u:hunter2@a"), std::string("memcached://u:hunter2%0d%0aflush_all@a"),
        std::string("memcached://u:hunter 2@a"), std::string("memcached://hunter2@a"),
        std::string("[::1"), std::string("[::1]x"), std::string("hunter2/b"),
        std::string("unix://run/x"), "unix:///" + std::string(200, 'x'), many}) {
    try {
      static_cast<void>(parse_servers(Secret(url)));
      ADD_FAILURE() << "accepted: " << url;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::usage) << url;
      EXPECT_EQ((error.message() + error.hint()).find("hunter"), std::string::npos) << url;
    }
  }
}

}  // namespace
}  // namespace lifeboat::memcached
