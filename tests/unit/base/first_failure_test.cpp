#include "base/first_failure.h"

#include <gtest/gtest.h>

namespace lifeboat {
namespace {

std::exception_ptr failure(ErrorKind kind, const std::string& message) {
  return std::make_exception_ptr(Error(kind, message));
}

std::string rethrown(const FirstFailure& failures) {
  try {
    failures.rethrow();
  } catch (const Error& error) {
    return error.message();
  }
  return "nothing";
}

TEST(FirstFailure, IsTheFirstOfTwoCauses) {
  FirstFailure failures;
  failures.note(failure(ErrorKind::unavailable, "lost"));
  failures.note(failure(ErrorKind::corrupt, "damaged"));
  EXPECT_EQ(rethrown(failures), "lost");
}

TEST(FirstFailure, IsTheCauseThoughItsConsequenceCameFirst) {
  FirstFailure failures;
  failures.note(failure(ErrorKind::cancelled, "stopped"));
  failures.note(failure(ErrorKind::unavailable, "lost"));
  EXPECT_EQ(rethrown(failures), "lost");
}

TEST(FirstFailure, IsTheStopWhereNothingElseFailed) {
  FirstFailure failures;
  EXPECT_EQ(rethrown(failures), "nothing");
  failures.note(failure(ErrorKind::cancelled, "stopped"));
  EXPECT_EQ(rethrown(failures), "stopped");
}

}  // namespace
}  // namespace lifeboat
