#include "cli/redactor.h"

#include <gtest/gtest.h>

namespace lifeboat::cli {
namespace {

TEST(Redactor, MasksWhatItWasToldOf) {
  Redactor redactor;
  redactor.remember(Secret("canary77"));
  EXPECT_EQ(redactor.redact("a canary77 b canary77"), "a *** b ***");
}

TEST(Redactor, MasksThePasswordOfAUrlInEveryForm) {
  Redactor redactor;
  redactor.remember(Secret("postgres://shop:can%2Fary%4077@h/db"));
  EXPECT_EQ(redactor.redact("login with can/ary@77 failed"), "login with *** failed");
  EXPECT_EQ(redactor.redact("login with can%2Fary%4077 failed"), "login with *** failed");
  EXPECT_EQ(redactor.redact("login with can%2fary%4077 failed"), "login with *** failed");
}

TEST(Redactor, MasksUrlPasswordsAndCredentialsItWasNotToldOf) {
  const Redactor redactor;
  EXPECT_EQ(redactor.redact("connect to postgres://u:p@h/db"), "connect to postgres://u:***@h/db");
  EXPECT_EQ(redactor.redact("bad key lifeboat-writer-1qwertz234, sorry"),
            "bad key lifeboat-writer-1***, sorry");
  EXPECT_EQ(redactor.redact("bad key lifeboat-sealed-identity-1qwertz234, sorry"),
            "bad key lifeboat-sealed-identity-1***, sorry");
  EXPECT_EQ(redactor.redact("bad key lifeboat-wirter-1" + std::string(200, 'q')),
            "bad key lifeboat-wirter-1***");
  EXPECT_EQ(redactor.redact("lifeboat-snapshot-1"), "lifeboat-snapshot-1");
  EXPECT_EQ(
      redactor.redact("there is no vault at /srv/lifeboat-prod-1a/vaults/the-one-of-the-shop"),
      "there is no vault at /srv/lifeboat-prod-1a/vaults/the-one-of-the-shop");
}

TEST(Redactor, MasksTheLongerOfTwoSecretsThatBeginAlike) {
  Redactor redactor;
  redactor.remember(Secret("canary"));
  redactor.remember(Secret("canary77"));
  EXPECT_EQ(redactor.redact("x canary77 y"), "x *** y");
}

TEST(Redactor, LeavesTextAloneThatOnlySharesAVeryShortSecret) {
  Redactor redactor;
  redactor.remember(Secret("a"));
  redactor.remember(Secret(""));
  EXPECT_EQ(redactor.redact("a table"), "a table");
}

TEST(Redactor, KnowsTheEnvironmentsSecrets) {
  Redactor redactor;
  redactor.remember_environment(
      config::Environment({{"HEROKU_API_KEY", "canary77"}, {"X_URL", "redis://:canary88@h"}}));
  EXPECT_EQ(redactor.redact("canary77 canary88"), "*** ***");
}

}  // namespace
}  // namespace lifeboat::cli
