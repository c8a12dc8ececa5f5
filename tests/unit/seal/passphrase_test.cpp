#include "seal/passphrase.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "base/error.h"
#include "seal/sodium.h"

namespace lifeboat::seal {
namespace {

class Passphrase : public testing::Test {
 protected:
  Passphrase() { initialize(); }
  static constexpr PassphraseSalt kSalt = {1, 2, 3};
};

TEST_F(Passphrase, StretchesToTheSameBytesUntilAnythingChanges) {
  const auto bytes = stretch(Secret("horse"), kSalt, kLeastCost).reveal();
  EXPECT_EQ(stretch(Secret("horse"), kSalt, kLeastCost).reveal(), bytes);
  EXPECT_NE(stretch(Secret("horses"), kSalt, kLeastCost).reveal(), bytes);
  EXPECT_NE(stretch(Secret("horse"), {}, kLeastCost).reveal(), bytes);
  EXPECT_NE(stretch(Secret("horse"), kSalt, {2, 8}).reveal(), bytes);
  EXPECT_NE(stretch(Secret("horse"), kSalt, {1, 9}).reveal(), bytes);
}

TEST_F(Passphrase, IsArgon2idOfVersion13WithOneLane) {
  // As computed by the Python package cryptography (Argon2id, lanes=1), which uses OpenSSL.
  PassphraseSalt salt;
  std::copy_n("0123456789abcdef", 16, salt.begin());
  EXPECT_EQ(to_hex(stretch(Secret("horse"), salt, {3, 64}).reveal()),
            "d0de5d9883174bfe411f1bf0425c66be9ef62bc12ff4b26d994911507783e068"
            "fac2219bec8d3ae83b2444cb10153bfbf8c2c1e529f107379a773d3d357abe35");
}

TEST_F(Passphrase, RefusesCostsBeyondTheCaps) {
  for (const StretchCost cost : {StretchCost{11, 8}, StretchCost{0, 8}, StretchCost{1, 7},
                                 StretchCost{1, (1U << 20U) + 1}, StretchCost{~0U, ~0U}}) {
    EXPECT_FALSE(is_allowed(cost));
    try {
      static_cast<void>(stretch(Secret("horse"), kSalt, cost));
      ADD_FAILURE() << cost.operations << " " << cost.memory_kib;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::refused);
    }
  }
  EXPECT_TRUE(is_allowed(kGreatestCost));
}

/// In a process of its own with RLIMIT_DATA at `soft` and `hard`: 0 = stretched and the soft limit
/// is as before, 1 = unavailable.
int outcome_within(rlim_t soft, rlim_t hard) {
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit limit{soft, hard};
    if (::setrlimit(RLIMIT_DATA, &limit) != 0) ::_exit(2);
    int outcome = 0;
    try {
      static_cast<void>(stretch(Secret("horse"), {}, {1, 64U << 10U}));
    } catch (const Error& error) {
      outcome = error.kind() == ErrorKind::unavailable ? 1 : 3;
    }
    rlimit after{};
    ::getrlimit(RLIMIT_DATA, &after);
    ::_exit(after.rlim_cur == soft ? outcome : 4);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(Passphrase, TakesItsMemoryApartFromASoftLimitAndPutsTheLimitBack) {
  EXPECT_EQ(outcome_within(32U << 20U, RLIM_INFINITY), 0);
}

TEST_F(Passphrase, SaysSoIfTheMemoryCannotBeHad) {
  EXPECT_EQ(outcome_within(32U << 20U, 32U << 20U), 1);
}

}  // namespace
}  // namespace lifeboat::seal
