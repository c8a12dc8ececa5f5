#include "config/credential.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"
#include "os/file.h"

namespace lifeboat::config {
namespace {

using ::testing::HasSubstr;
using Variables = std::map<std::string, std::string>;

TEST(Credential, IsTakenFromItsVariable) {
  const auto found = find_credential(
      Environment(Variables{{"LIFEBOAT_WRITER", "lifeboat-writer-1abc"}}), Role::writer);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->secret.reveal(), "lifeboat-writer-1abc");
  EXPECT_EQ(found->origin, "LIFEBOAT_WRITER");
}

TEST(Credential, IsTakenFromTheFileThatAVariableNames) {
  const os::TempDir folder("/tmp", "lifeboat-credential-");
  const std::string path = (folder.path() / "identity.key").string();
  std::ofstream(path) << "lifeboat-identity-1abc\n";
  const auto found =
      find_credential(Environment(Variables{{"LIFEBOAT_IDENTITY_FILE", path}}), Role::identity);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->secret.reveal(), "lifeboat-identity-1abc");
  EXPECT_EQ(found->origin, "LIFEBOAT_IDENTITY_FILE");
}

TEST(Credential, OfAnIdentityMayStandUnderAPassphrase) {
  const Variables variables{{"LIFEBOAT_IDENTITY", "lifeboat-sealed-identity-1abc"},
                            {"LIFEBOAT_WRITER", "lifeboat-sealed-identity-1abc"}};
  const auto found = find_credential(Environment(variables), Role::identity);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->secret.reveal(), "lifeboat-sealed-identity-1abc");
  EXPECT_THROW(static_cast<void>(find_credential(Environment(variables), Role::writer)), Error);
}

TEST(Passphrase, IsTakenFromItsVariableThenFromTheFileThatAVariableNames) {
  const os::TempDir folder("/tmp", "lifeboat-passphrase-");
  const std::string path = (folder.path() / "passphrase").string();
  std::ofstream(path) << " two words \n";
  Variables variables{{"LIFEBOAT_PASSPHRASE_FILE", path}};
  EXPECT_EQ(find_passphrase(Environment(variables))->reveal(), " two words ");
  variables["LIFEBOAT_PASSPHRASE"] = "three";
  EXPECT_EQ(find_passphrase(Environment(variables))->reveal(), "three");
  EXPECT_FALSE(find_passphrase(Environment()));
}

TEST(Passphrase, NamesTheVariableWhoseFileIsMissing) {
  try {
    static_cast<void>(
        find_passphrase(Environment(Variables{{"LIFEBOAT_PASSPHRASE_FILE", "/nonexistent/x"}})));
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_THAT(error.message(), HasSubstr("LIFEBOAT_PASSPHRASE_FILE"));
  }
}

TEST(Credential, IsAbsentWithoutEitherVariable) {
  EXPECT_FALSE(find_credential(Environment(), Role::admin));
}

TEST(Credential, OfAnotherRoleIsRefusedWithTheRightVariableNamed) {
  const Environment mixed(Variables{{"LIFEBOAT_WRITER", "lifeboat-identity-1canary77"}});
  try {
    static_cast<void>(find_credential(mixed, Role::writer));
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::denied);
    EXPECT_THAT(error.message(), HasSubstr("LIFEBOAT_WRITER"));
    EXPECT_THAT(error.hint(), HasSubstr("LIFEBOAT_IDENTITY"));
    EXPECT_EQ((error.message() + error.hint()).find("canary77"), std::string::npos);
  }
}

TEST(Credential, NamesTheVariableWhoseFileIsMissing) {
  try {
    static_cast<void>(find_credential(
        Environment(Variables{{"LIFEBOAT_VIEWER_FILE", "/nonexistent/key"}}), Role::viewer));
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_THAT(error.message(), HasSubstr("LIFEBOAT_VIEWER_FILE"));
    EXPECT_THAT(error.message(), HasSubstr("/nonexistent/key"));
  }
}

TEST(Credential, NamesEveryRoleAndItsVariable) {
  EXPECT_EQ(name_of(Role::operator_), "operator");
  EXPECT_EQ(variable_of(Role::operator_), "LIFEBOAT_OPERATOR");
  for (const Role role : kRoles) {
    const Secret credential("lifeboat-" + std::string(name_of(role)) + "-1xyz");
    EXPECT_EQ(claimed_role(credential), role);
  }
  EXPECT_EQ(claimed_role(Secret("lifeboat-king-1xyz")), std::nullopt);
}

}  // namespace
}  // namespace lifeboat::config
