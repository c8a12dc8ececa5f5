#include "redis/glob.h"

#include <gtest/gtest.h>

#include <string>

namespace lifeboat::redis {
namespace {

TEST(RedisGlob, FitsAsTheServerDoes) {
  struct Case {
    const char* pattern;
    const char* key;
    bool fits;
  };
  for (const Case& one :
       {Case{"user:*", "user:1", true}, Case{"user:*", "user:", true},
        Case{"user:*", "users", false}, Case{"*:1", "a:b:1", true}, Case{"*a*b*c", "xaybzc", true},
        Case{"*a*b*c", "xaybz", false}, Case{"h?llo", "hello", true}, Case{"h?llo", "hllo", false},
        Case{"h[ae]llo", "hallo", true}, Case{"h[^e]llo", "hello", false},
        Case{"h[a-c]x", "hbx", true}, Case{"h[a-c]x", "hdx", false}, Case{"a\\*b", "a*b", true},
        Case{"a\\*b", "axb", false}, Case{"", "", true}, Case{"", "a", false}, Case{"*", "", true},
        Case{"**", "ab", true}, Case{"a[", "a", false}}) {
    EXPECT_EQ(fits(one.pattern, one.key), one.fits) << one.pattern << ' ' << one.key;
  }
}

TEST(RedisGlob, TakesAnyBytesAndNoExponentialTime) {
  EXPECT_TRUE(fits(std::string_view("a\0*", 3), std::string_view("a\0b", 3)));
  const std::string key(5000, 'a');
  EXPECT_FALSE(fits("*a*a*a*a*a*a*a*a*a*a*a*b", key));
}

}  // namespace
}  // namespace lifeboat::redis
