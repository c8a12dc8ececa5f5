#include "doctor/configuration_checks.h"

#include <gtest/gtest.h>

#include <fstream>

#include "os/file.h"
#include "surroundings.h"

namespace lifeboat::doctor {
namespace {

Finding find_in(const std::string& id, std::map<std::string, std::string> variables) {
  const FakeSurroundings here(std::move(variables));
  return find(configuration_checks(), id, here.value);
}

/// The finding with this text as lifeboat.toml.
Finding find_with_file(const std::string& id, const std::string& text,
                       std::map<std::string, std::string> variables = {}) {
  const os::TempDir folder("/tmp", "lifeboat-doctor-test-");
  const auto path = folder.path() / "lifeboat.toml";
  std::ofstream(path) << text;
  FakeSurroundings here(std::move(variables));
  here.value.config_file = path;
  return find(configuration_checks(), id, here.value);
}

constexpr const char* kShop = "[source.shop]\nkind = \"postgres\"\nurl = \"env:SHOP_URL\"\n";

TEST(ConfigurationChecks, FindABrokenFileAndTheLine) {
  EXPECT_EQ(find_in("config-file", {}).level, Level::ok);
  EXPECT_EQ(find_with_file("config-file", kShop).level, Level::ok);
  const Finding broken = find_with_file("config-file", "[vault]\nulr = \"x\"\n");
  EXPECT_EQ(broken.level, Level::danger);
  EXPECT_NE(broken.what.find("lifeboat.toml:2"), std::string::npos);
}

TEST(ConfigurationChecks, NameAReferenceThatLeadsNowhere) {
  const Finding missing = find_with_file("config-references", kShop);
  EXPECT_EQ(missing.level, Level::danger);
  EXPECT_EQ(missing.what, "not set or not readable: env:SHOP_URL of shop");
  const Finding there = find_with_file("config-references", kShop, {{"SHOP_URL", "canary77"}});
  EXPECT_EQ(there.level, Level::ok);
  EXPECT_EQ(there.what.find("canary77"), std::string::npos);
}

TEST(ConfigurationChecks, NameASinkWhoseSecretIsMissing) {
  const std::string file = std::string(kShop) +
                           "[notify]\napp = \"shop\"\n[notify.ops]\nkind = \"slack\"\n" +
                           "url = \"env:SLACK_URL\"\n[notify.agent]\nkind = \"statsd\"\n";
  const Finding missing = find_with_file("config-references", file, {{"SHOP_URL", "x"}});
  EXPECT_EQ(missing.level, Level::danger);
  EXPECT_EQ(missing.what, "not set or not readable: env:SLACK_URL of notify.ops");
  EXPECT_EQ(find_with_file("config-references", file, {{"SHOP_URL", "x"}, {"SLACK_URL", "y"}}).what,
            "2 can be resolved");
}

TEST(ConfigurationChecks, DoNotRunTheCommandsOfTheConfiguration) {
  const os::TempDir folder("/tmp", "lifeboat-doctor-test-");
  const auto trace = folder.path() / "trace";
  const Finding finding =
      find_with_file("config-references", "[source.shop]\nkind = \"postgres\"\nurl = \"cmd:touch " +
                                              trace.string() + "\"\n");
  EXPECT_EQ(finding.level, Level::ok);
  EXPECT_FALSE(std::filesystem::exists(trace));
}

TEST(ConfigurationChecks, NameTheRolesWhoseCredentialsAreHere) {
  EXPECT_EQ(find_in("credentials", {}).level, Level::attention);
  const Finding found = find_in("credentials", {{"LIFEBOAT_WRITER", "lifeboat-writer-1canary77"}});
  EXPECT_EQ(found.level, Level::ok);
  EXPECT_EQ(found.what, "writer (LIFEBOAT_WRITER)");
}

TEST(ConfigurationChecks, FindACredentialOfTheWrongRole) {
  const Finding found =
      find_in("credentials", {{"LIFEBOAT_WRITER", "lifeboat-identity-1canary77"}});
  EXPECT_EQ(found.level, Level::danger);
  EXPECT_EQ((found.what + found.hint).find("canary77"), std::string::npos);
}

TEST(ConfigurationChecks, WantWriterAndIdentityApartAndAdminOffline) {
  EXPECT_EQ(find_in("separation", {{"LIFEBOAT_WRITER", "w"}}).level, Level::ok);
  EXPECT_EQ(
      find_in("separation", {{"LIFEBOAT_WRITER", "w"}, {"LIFEBOAT_IDENTITY_FILE", "i"}}).level,
      Level::danger);
  EXPECT_EQ(find_in("separation", {{"LIFEBOAT_ADMIN", "a"}}).level, Level::danger);
}

}  // namespace
}  // namespace lifeboat::doctor
