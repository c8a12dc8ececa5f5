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

TEST(Settings, FindThePricesInTheFolderOfTheFileThatNamesThem) {
  const auto prices = [](const std::string& value) {
    const std::string text = "[vault]\nurl = \"/v\"\nprices = \"" + value + "\"\n";
    return resolve(Flags{}, Environment(), parse_config(text, "/etc/lifeboat.toml")).prices;
  };
  EXPECT_EQ(prices("prices.toml").value, "/etc/prices.toml");
  EXPECT_EQ(prices("prices.toml").origin, "/etc/lifeboat.toml:3");
  EXPECT_EQ(prices("/srv/prices.toml").value, "/srv/prices.toml");
  EXPECT_TRUE(resolve(Flags{}, Environment(), file()).prices.value.empty());
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

TEST(Sources, AreRedisUrlBesideDatabaseUrlIfNothingElseIsNamed) {
  const Environment both(
      Variables{{"DATABASE_URL", "postgres://h/db"}, {"REDIS_URL", "redis://h"}});
  const auto sources = resolve_sources(Flags{}, both, Config());
  ASSERT_EQ(sources.size(), 2U);
  EXPECT_EQ(sources[1].name, "redis");
  EXPECT_EQ(sources[1].kind, SourceKind::redis);
  EXPECT_EQ(sources[1].url.value, "env:REDIS_URL");
  const Environment redis(Variables{{"REDIS_URL", "redis://h"}});
  EXPECT_EQ(resolve_sources(Flags{.sources = {"cache"}}, redis, Config()).at(0).name, "cache");
  EXPECT_EQ(resolve_sources(Flags{}, both, file()).size(), 2U) << "the file's, not these";
}

Config redis_file() {
  return parse_config(R"([source.sessions]
kind = "redis"
url = "env:REDIS_URL"
tls_pins = ["sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="]
)",
                      "lifeboat.toml");
}

TEST(Sources, OfBothFlagsAreTwoUnderTheirKinds) {
  const Flags flags{
      .postgres = "env:X", .redis = "env:Y", .redis_tls = {.mode = TlsMode::insecure}};
  const auto sources = resolve_sources(flags, Environment(), Config());
  ASSERT_EQ(sources.size(), 2U);
  EXPECT_EQ(sources[0].name, "postgres");
  EXPECT_EQ(sources[1].name, "redis");
  EXPECT_EQ(sources[1].url.origin, "--redis");
  EXPECT_EQ(sources[1].tls.mode_or_default(), TlsMode::insecure);
  Flags named = flags;
  named.sources = {"shop-db"};
  EXPECT_THROW(static_cast<void>(resolve_sources(named, Environment(), Config())), Error);
}

TEST(Sources, OfTheFlagRedisKeepTheTlsOfTheirSectionUnlessOtherIsSaid) {
  const Flags flags{.redis = "env:Y", .sources = {"sessions"}};
  const auto kept = resolve_sources(flags, Environment(), redis_file()).at(0);
  EXPECT_EQ(kept.tls.mode_or_default(), TlsMode::pin);
  EXPECT_EQ(kept.tls.pins.size(), 1U);
  Flags other = flags;
  other.redis_tls.mode = TlsMode::verify;
  const auto said = resolve_sources(other, Environment(), redis_file()).at(0);
  EXPECT_EQ(said.tls.mode_or_default(), TlsMode::verify);
  EXPECT_TRUE(said.tls.pins.empty());
}

TEST(Sources, TakeTlsOfTheCommandLineOnlyForAServerThatItNames) {
  const Flags flags{.redis_tls = {.mode = TlsMode::insecure}};
  EXPECT_THROW(static_cast<void>(resolve_sources(flags, Environment(), redis_file())), Error);
  const Flags postgres{.postgres = "env:X", .redis_tls = {.mode = TlsMode::insecure}};
  EXPECT_THROW(static_cast<void>(resolve_sources(postgres, Environment(), Config())), Error);
  const Environment environment(Variables{{"REDIS_URL", "rediss://h"}});
  const auto source = resolve_sources(flags, environment, Config()).at(0);
  EXPECT_EQ(source.tls.mode_or_default(), TlsMode::insecure);
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
