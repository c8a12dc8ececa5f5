#include "base/error.h"

#include <gtest/gtest.h>

#include <set>

namespace lifeboat {
namespace {

TEST(Error, PutsContextInFrontOnceALevel) {
  try {
    with_context("shop-db", [] {
      with_context("read public.orders",
                   [] { throw Error(ErrorKind::unavailable, "connection lost", "try again"); });
    });
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unavailable);
    EXPECT_EQ(error.message(), "shop-db: read public.orders: connection lost");
    EXPECT_STREQ(error.what(), error.message().c_str());
    EXPECT_EQ(error.hint(), "try again");
  }
}

TEST(Error, KeepsTheHintThatWasNearestToTheCause) {
  Error error(ErrorKind::denied, "no");
  error.add_hint("specific").add_hint("general");
  EXPECT_EQ(error.hint(), "specific");
  error.add_kept("212 MB").add_kept("nothing");
  EXPECT_EQ(error.kept(), "212 MB");
}

TEST(Error, LetsResultsThroughAContext) {
  EXPECT_EQ(with_context("counting", [] { return 3; }), 3);
  int number = 4;
  EXPECT_EQ(&with_context("finding", [&]() -> int& { return number; }), &number);
}

TEST(ErrorKind, HasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (const ErrorKind kind :
       {ErrorKind::usage, ErrorKind::not_found, ErrorKind::busy, ErrorKind::denied,
        ErrorKind::corrupt, ErrorKind::unavailable, ErrorKind::stale, ErrorKind::refused,
        ErrorKind::cancelled, ErrorKind::internal}) {
    names.insert(name_of(kind));
  }
  EXPECT_EQ(names.size(), 10U);
  EXPECT_TRUE(names.contains("not_found"));
}

}  // namespace
}  // namespace lifeboat
