#include <gtest/gtest.h>

#include "base/error.h"
#include "store/object_store.h"

namespace lifeboat::store {
namespace {

TEST(ObjectKey, TakesSegmentsOfLowerCaseLettersDigitsAndThreeMarks) {
  for (const char* name : {"format", "trust/1", "g1/pack/ab/00ff", "run/a_b/1-2", "a.b/..c"}) {
    EXPECT_EQ(ObjectKey(name).name(), name);
  }
}

TEST(ObjectKey, RefusesEverythingThatCouldLeaveTheStore) {
  for (const char* name : {"", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "a/.", "A", "a b",
                           "a\\b", "a:b", "\xc3\xa9", "a\n"}) {
    try {
      const ObjectKey key{std::string(name)};
      ADD_FAILURE() << "accepted '" << key.name() << "'";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::internal);
    }
  }
  EXPECT_THROW(ObjectKey(std::string("a\0b", 3)), Error);
}

}  // namespace
}  // namespace lifeboat::store
