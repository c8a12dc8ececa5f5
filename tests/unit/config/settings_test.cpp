#include "config/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace lifeboat::config {
namespace {

using ::testing::HasSubstr;
using Variables = std::map<std::string, std::string>;

Config file() {
  return parse_config(R"([vault]
url = "/from/file"
[source.shop-db]
kind = "postgres"
url = "env:SHOP_URL"
jobs = 4
accept = ["public.legacy_fx"]
[source.other-db]
kind = "postgres"
url = "env:OTHER_URL"
)",
                      "lifeboat.toml");
}

TEST(Settings, PreferTheFlagThenTheEnvironmentThenTheFileThenTheDefault) {
  const Environment environment(Variables{{"LIFEBOAT_VAULT", "/from/environment"}});
  const Flags flags{.vault = "/from/flag"};

  const auto by_flag = resolve(flags, environment, file()).vault;
  EXPECT_EQ(by_flag.value, "/from/flag");
  EXPECT_EQ(by_flag.origin, "--vault");
  const auto by_environment = resolve(Flags{}, environment, file()).vault;
  EXPECT_EQ(by_environment.value, "/from/environment");
  EXPECT_EQ(by_environment.origin, "LIFEBOAT_VAULT");
  const auto by_file = resolve(Flags{}, Environment(), file()).vault;
  EXPECT_EQ(by_file.value, "/from/file");
  EXPECT_EQ(by_file.origin, "lifeboat.toml:2");
  const auto by_default = resolve(Flags{}, Environment(), Config()).vault;
  EXPECT_EQ(by_default.value, "");
  EXPECT_EQ(by_default.origin, "default");
}

TEST(Settings, NeverTakeARestoresTargetFromTheEnvironment) {
  const Environment environment(Variables{{"DATABASE_URL", "postgres://h/production"}});
  EXPECT_FALSE(resolve(Flags{}, environment, file()).postgres.value);
}

TEST(Settings, TakeTheScratchDirectoryFromTmpdir) {
  EXPECT_EQ(resolve(Flags{}, Environment(), Config()).scratch_dir.value, "/tmp");
  const Environment environment(Variables{{"TMPDIR", "/var/big"}});
  EXPECT_EQ(resolve(Flags{}, environment, Config()).scratch_dir.value, "/var/big");
  const Flags flags{.scratch_dir = "/flag"};
  EXPECT_EQ(resolve(flags, environment, Config()).scratch_dir.value, "/flag");
}

TEST(Sources, AreAllSectionsUnlessSomeAreNamed) {
  const auto all = resolve_sources(Flags{}, Environment(), file());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, "shop-db");
  EXPECT_EQ(all[0].jobs.value, 4);
  EXPECT_EQ(all[1].jobs.value, kDefaultJobs);
  const Flags named{.sources = {"other-db"}};
  const auto one = resolve_sources(named, Environment(), file());
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(one[0].url.value, "env:OTHER_URL");
}

TEST(Sources, OfTheCommandLineStandAloneAndKeepTheRestOfTheirSection) {
  const Flags flags{.postgres = "env:X", .sources = {"shop-db"}, .jobs = 8};
  const auto sources = resolve_sources(flags, Environment(), file());
  ASSERT_EQ(sources.size(), 1U);
  EXPECT_EQ(sources[0].url.value, "env:X");
  EXPECT_EQ(sources[0].url.origin, "--postgres");
  EXPECT_EQ(sources[0].jobs.value, 8);
  EXPECT_THAT(sources[0].accept, ::testing::ElementsAre("public.legacy_fx"));
}

TEST(Sources, WithoutANameAreCalledByTheirKind) {
  const Flags flags{.postgres = "env:X"};
  EXPECT_EQ(resolve_sources(flags, Environment(), Config()).at(0).name, "postgres");
}

TEST(Sources, AreDatabaseUrlIfNothingElseIsNamed) {
  const Environment environment(Variables{{"DATABASE_URL", "postgres://h/db"}});
  const auto sources = resolve_sources(Flags{}, environment, Config());
  ASSERT_EQ(sources.size(), 1U);
  EXPECT_EQ(sources[0].url.value, "env:DATABASE_URL");
  EXPECT_EQ(sources[0].url.origin, "DATABASE_URL");
}

TEST(Sources, ThatAreNotThereAreAUsageErrorWithAHint) {
  try {
    static_cast<void>(resolve_sources(Flags{}, Environment(), Config()));
    FAIL() << "resolved";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_THAT(error.hint(), HasSubstr("--postgres env:DATABASE_URL"));
  }
  try {
    static_cast<void>(resolve_sources(Flags{.sources = {"shop-bd"}}, Environment(), file()));
    FAIL() << "resolved";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_EQ(error.hint(), "did you mean shop-db?");
  }
}

TEST(SettingRows, MaskSecretsAndNameTheirOrigin) {
  const Flags flags{.postgres = "postgres://u:canary77@h/db"};
  const Environment environment(Variables{{"LIFEBOAT_WRITER", "lifeboat-writer-1canary77"},
                                          {"DATABASE_URL", "postgres://u:canary77@h/db"}});
  bool credential_shown = false;
  for (const SettingRow& row : setting_rows(flags, environment, file())) {
    EXPECT_EQ(row.value.find("canary77"), std::string::npos) << row.name;
    EXPECT_FALSE(row.origin.empty()) << row.name;
    credential_shown = credential_shown || (row.name == "credential.writer" && row.value == "set" &&
                                            row.origin == "LIFEBOAT_WRITER");
  }
  EXPECT_TRUE(credential_shown);
}

}  // namespace
}  // namespace lifeboat::config
