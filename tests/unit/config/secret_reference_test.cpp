#include "config/secret_reference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"
#include "os/file.h"

namespace lifeboat::config {
namespace {

using ::testing::HasSubstr;

const Environment& environment() {
  static const Environment kEnvironment(
      std::map<std::string, std::string>{{"DATABASE_URL", "postgres://u:p@h/db"}, {"EMPTY", ""}});
  return kEnvironment;
}

Error error_of(std::string_view reference) {
  try {
    static_cast<void>(resolve_secret(reference, environment()));
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "resolved: " << reference;
  return {ErrorKind::internal, "resolved"};
}

TEST(SecretReference, TakesAnEnvironmentVariable) {
  EXPECT_EQ(resolve_secret("env:DATABASE_URL", environment()).reveal(), "postgres://u:p@h/db");
}

TEST(SecretReference, NamesTheVariableThatIsMissingOrEmpty) {
  const Error error = error_of("env:NEW_URL");
  EXPECT_EQ(error.kind(), ErrorKind::usage);
  EXPECT_THAT(error.message(), HasSubstr("NEW_URL"));
  EXPECT_THAT(error.hint(), HasSubstr("export NEW_URL"));
  EXPECT_EQ(error_of("env:EMPTY").kind(), ErrorKind::usage);
}

TEST(SecretReference, TakesAFileWithoutItsLastLineEnd) {
  const os::TempDir folder("/tmp", "lifeboat-secret-");
  const std::string path = (folder.path() / "key").string();
  std::ofstream(path) << "two\nlines\n";
  EXPECT_EQ(resolve_secret("file:" + path, environment()).reveal(), "two\nlines");
}

TEST(SecretReference, SaysWhichFileIsMissing) {
  const Error error = error_of("file:/nonexistent/key");
  EXPECT_EQ(error.kind(), ErrorKind::usage);
  EXPECT_THAT(error.message(), HasSubstr("/nonexistent/key"));
}

TEST(SecretReference, TakesWhatACommandPrints) {
  EXPECT_EQ(
      resolve_secret("cmd:printf '%s\\n' \"$DATABASE_URL\" | cut -d: -f1", environment()).reveal(),
      "postgres");
}

TEST(SecretReference, ReportsAFailedCommandWithoutItsOutput) {
  const Error error = error_of("cmd:echo canary77; exit 3");
  EXPECT_EQ(error.kind(), ErrorKind::usage);
  EXPECT_THAT(error.message(), HasSubstr("exit code 3"));
  EXPECT_EQ(error.message().find("canary77"), std::string::npos);
  EXPECT_EQ(error_of("cmd:true").kind(), ErrorKind::usage);
}

TEST(SecretReference, TakesALiteralAsItIs) {
  EXPECT_EQ(resolve_secret("postgres://h/db", environment()).reveal(), "postgres://h/db");
}

TEST(SecretReference, KnowsWhetherALiteralHoldsAPassword) {
  EXPECT_TRUE(holds_password("postgres://u:p@h/db"));
  EXPECT_TRUE(holds_password("host=h password=p"));
  EXPECT_TRUE(holds_password("postgres://h/db?user=u&password=p"));
  EXPECT_TRUE(holds_password("postgres://u:p/a@h/db"));
  EXPECT_FALSE(holds_password("postgres://u@h:5432/db"));
  EXPECT_FALSE(holds_password("postgres://u@[::1]:5432/db"));
  EXPECT_FALSE(holds_password("s3://bucket/prefix?endpoint=https://h:9000/a"));
  EXPECT_FALSE(holds_password("env:DATABASE_URL"));
}

TEST(SecretReference, MasksPasswordsAndNothingElse) {
  EXPECT_EQ(mask_passwords("x postgres://u:p@h:5432/db y"), "x postgres://u:***@h:5432/db y");
  EXPECT_EQ(mask_passwords("redis://:p@h"), "redis://:***@h");
  EXPECT_EQ(mask_passwords("a://u:p?#@h/ b://v:q@i/"), "a://u:***@h/ b://v:***@i/");
  EXPECT_EQ(mask_passwords("host=h password='p q' user=u"), "host=h password='***' user=u");
  EXPECT_EQ(mask_passwords("PGPASSWORD=p x"), "PGPASSWORD=*** x");
  EXPECT_EQ(mask_passwords("https://h:9000/a"), "https://h:9000/a");
  EXPECT_EQ(mask_passwords("// :@ nothing"), "// :@ nothing");
}

}  // namespace
}  // namespace lifeboat::config
