#include "config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"
#include "os/file.h"

namespace lifeboat::config {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kWhole = R"([vault]
url  = "s3://acme-dr/shop?region=eu-central-1"
copy = ["./second", "s3://acme-dr-2/shop"]
max_behind = "48h"
prices = "prices.toml"

[source.shop-db]
kind = "postgres"
url  = "env:DATABASE_URL"
rpo = "24h"
rto = "1h"
jobs = 4
accept = ["public.legacy_fx"]
unreadable = "refuse"
on_lock_wait = "skip"
exclude_tables = ["audit.*"]
exclude_table_data = ["logs"]

[source.shop-db.assert]
"orders present" = "SELECT count(*) > 0 FROM orders"
"all paid" = "SELECT min(paid) FROM orders"

[source.cache]
kind = "redis"
url = "env:REDIS_URL"
role = "cache"
capture = "replication"

[source.app]
kind  = "heroku"
app   = "shop"
token = "env:HEROKU_API_KEY"

[keep]
within = "7d"
daily = 30
)";

/// The usage error that parsing `text` ends in.
Error error_of(const std::string& text) {
  try {
    static_cast<void>(parse_config(text, "lifeboat.toml"));
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    return error;
  }
  ADD_FAILURE() << "accepted: " << text;
  return {ErrorKind::internal, "accepted"};
}

TEST(Config, ReadsEverySection) {
  const Config config = parse_config(kWhole, "lifeboat.toml");
  EXPECT_EQ(config.vault.url, "s3://acme-dr/shop?region=eu-central-1");
  EXPECT_THAT(config.vault.copy, ElementsAre("./second", "s3://acme-dr-2/shop"));
  EXPECT_EQ(config.vault.max_behind, 48h);
  EXPECT_EQ(config.vault.prices, "prices.toml");
  ASSERT_EQ(config.sources.size(), 3U);
  const SourceSection& shop = config.sources.front();
  EXPECT_EQ(shop.name, "shop-db");
  EXPECT_EQ(shop.kind, SourceKind::postgres);
  EXPECT_EQ(shop.url, "env:DATABASE_URL");
  EXPECT_EQ(shop.rpo, 24h);
  EXPECT_EQ(shop.rto, 1h);
  EXPECT_EQ(shop.jobs, 4);
  EXPECT_THAT(shop.accept, ElementsAre("public.legacy_fx"));
  ASSERT_EQ(shop.assertions.size(), 2U);  // in the file's order
  EXPECT_EQ(shop.assertions[0].name, "orders present");
  EXPECT_EQ(shop.assertions[1].sql, "SELECT min(paid) FROM orders");
  EXPECT_EQ(shop.unreadable, OnUnreadable::refuse);
  EXPECT_EQ(shop.on_lock_wait, OnLockWait::skip);
  EXPECT_EQ(shop.exclude_tables, std::vector<std::string>{"audit.*"});
  EXPECT_EQ(shop.exclude_table_data, std::vector<std::string>{"logs"});
  EXPECT_EQ(shop.line, 7);
  EXPECT_EQ(config.find_source("cache")->role, SourceRole::cache);
  EXPECT_EQ(config.find_source("cache")->capture, CapturePath::replication);
  EXPECT_EQ(shop.capture, CapturePath::automatic);
  EXPECT_EQ(config.find_source("app")->token, "env:HEROKU_API_KEY");
  EXPECT_EQ(config.keep.within, 7 * 24h);
  EXPECT_EQ(config.keep.daily, 30);
  EXPECT_EQ(config.keep.weekly, std::nullopt);
}

TEST(Config, ReadsTheWarmUpOfACache) {
  const Config config = parse_config(
      "[source.a]\nkind = \"redis\"\nurl = \"env:A\"\nrole = \"cache\"\n"
      "[source.a.warm_up]\nurls = [\"https://shop.example/\", \"http://127.0.0.1:8080/x\"]\n"
      "timeout = \"1m\"\ncount = 3\n"
      "[source.b]\nkind = \"memcached\"\nurl = \"env:B\"\n"
      "[source.b.warm_up]\nurls = [\"http://localhost/\"]\n",
      "lifeboat.toml");
  const WarmUpSection& warm_up = config.find_source("a")->warm_up;
  EXPECT_THAT(warm_up.urls, ElementsAre("https://shop.example/", "http://127.0.0.1:8080/x"));
  EXPECT_EQ(warm_up.timeout, 60s);
  EXPECT_EQ(warm_up.count, 3);
  EXPECT_EQ(config.find_source("b")->role, SourceRole::cache);  // it is never anything else
  EXPECT_EQ(config.find_source("b")->warm_up.timeout, 10s);
  EXPECT_EQ(config.find_source("b")->warm_up.count, 1);
}

TEST(Config, RefusesAWarmUpThatCannotBe) {
  const std::string redis = "[source.x]\nkind = \"redis\"\nurl = \"env:U\"\n";
  EXPECT_THAT(error_of(redis + "[source.x.warm_up]\nurls = [\"https://a\"]\n").message(),
              HasSubstr("unknown key \"warm_up\" in [source.x]"));  // its role is data
  const std::string cache = "[source.x]\nkind = \"memcached\"\nurl = \"env:U\"\n";
  EXPECT_THAT(error_of(cache + "role = \"data\"\n").message(), HasSubstr("cannot be \"data\""));
  EXPECT_THAT(error_of(cache + "[source.x.warm_up]\nurl = \"https://a\"\n").message(),
              HasSubstr("unknown key \"url\" in [source.x.warm_up]"));
  for (const char* url : {"http://shop.example/", "shop.example", "https://", "ftp://a",
                          "http://localhost.example/", "http://127.example/"}) {
    EXPECT_THAT(error_of(cache + "[source.x.warm_up]\nurls = [\"" + url + "\"]\n").message(),
                HasSubstr(":5: urls holds one that is not https"))
        << url;
  }
  EXPECT_THAT(error_of(cache + "[source.x.warm_up]\nurls = [\"https://u:hunter2@a/\"]\n").message(),
              HasSubstr("holds a password"));
  EXPECT_THAT(error_of(cache + "[source.x.warm_up]\nurls = [\"https://a\"]\ncount = 0\n").message(),
              HasSubstr("must be 1 or more"));
}

TEST(Config, KeepsTheSourcesInTheOrderOfTheFile) {
  const Config config = parse_config(kWhole, "lifeboat.toml");
  EXPECT_EQ(config.sources[0].name, "shop-db");
  EXPECT_EQ(config.sources[1].name, "cache");
  EXPECT_EQ(config.sources[2].name, "app");
}

TEST(Config, NamesFileLineAndNearestKeyOfAnUnknownKey) {
  const Error error = error_of("[vault]\nurl = \"./v\"\nmax_behnd = \"1h\"\n");
  EXPECT_EQ(error.message(), "lifeboat.toml:3: unknown key \"max_behnd\" in [vault]");
  EXPECT_EQ(error.hint(), "did you mean \"max_behind\"?");
}

TEST(Config, RefusesAnUnknownTable) {
  const Error error = error_of("\n[valut]\nurl = \"./v\"\n");
  EXPECT_EQ(error.message(), "lifeboat.toml:2: unknown key \"valut\" in the top level");
  EXPECT_EQ(error.hint(), "did you mean \"vault\"?");
}

TEST(Config, RefusesAKeyThatMeansNothingForTheKind) {
  EXPECT_THAT(
      error_of("[source.x]\nkind = \"postgres\"\nurl = \"env:U\"\napp = \"shop\"\n").message(),
      HasSubstr("lifeboat.toml:4: unknown key \"app\" in [source.x]"));
}

TEST(Config, RefusesWrongTypesWithTheirLine) {
  EXPECT_EQ(error_of("[vault]\nurl = 5\n").message(),
            "lifeboat.toml:2: url in [vault] must be a text in quotes");
  EXPECT_THAT(error_of("[vault]\ncopy = \"x\"\n").message(), HasSubstr(":2: copy in [vault] must"));
  EXPECT_THAT(error_of("[keep]\ndaily = \"30\"\n").message(),
              HasSubstr(":2: daily in [keep] must"));
  EXPECT_THAT(error_of("vault = 1\n").message(), HasSubstr(":1: vault"));
  EXPECT_THAT(error_of("[source]\nkind = \"postgres\"\n").message(), HasSubstr("outside a source"));
}

TEST(Config, RefusesValuesOutOfRange) {
  EXPECT_THAT(error_of("[keep]\ndaily = 0\n").message(), HasSubstr("must be 1 or more"));
  EXPECT_THAT(error_of("[source.db]\nkind = \"postgres\"\nurl = \"env:A\"\n"
                       "[source.db.assert]\nempty = \"\"\n")
                  .message(),
              HasSubstr("empty is empty"));
  EXPECT_THAT(error_of("[source.db]\nkind = \"postgres\"\nurl = \"env:A\"\n"
                       "[source.db.assert]\ncount = 3\n")
                  .message(),
              HasSubstr("a text in quotes"));
  EXPECT_THAT(error_of("[keep]\nwithin = \"7 days\"\n").message(), HasSubstr("not a duration"));
  const Error kind = error_of("[source.x]\nkind = \"postgress\"\nurl = \"env:U\"\n");
  EXPECT_THAT(kind.message(), HasSubstr("kind cannot be \"postgress\""));
  EXPECT_EQ(kind.hint(), "did you mean \"postgres\"?");
}

TEST(Config, RefusesASourceThatLacksWhatItsKindNeeds) {
  EXPECT_THAT(error_of("[source.x]\nurl = \"env:U\"\n").message(), HasSubstr("has no kind"));
  EXPECT_THAT(error_of("[source.x]\nkind = \"postgres\"\n").message(), HasSubstr("has no url"));
  EXPECT_THAT(error_of("[source.x]\nkind = \"heroku\"\n").message(), HasSubstr("has no app"));
}

TEST(Config, RefusesASecretInTheFileWithoutRepeatingIt) {
  const Error url =
      error_of("[source.x]\nkind = \"postgres\"\nurl = \"postgres://u:canary77@h/db\"\n");
  EXPECT_THAT(url.message(), HasSubstr("lifeboat.toml:3: url holds a password"));
  EXPECT_EQ(url.message().find("canary77"), std::string::npos);
  const Error token =
      error_of("[source.x]\nkind = \"heroku\"\napp = \"a\"\ntoken = \"canary77\"\n");
  EXPECT_THAT(token.message(), HasSubstr("token holds the secret itself"));
  EXPECT_EQ(token.message().find("canary77"), std::string::npos);
}

TEST(Config, RefusesWhatIsNotToml) {
  EXPECT_THAT(error_of("[vault]\nurl = \n").message(), HasSubstr("lifeboat.toml:2: not TOML"));
}

TEST(Config, RefusesANameThatCouldNotStandInASelector) {
  EXPECT_THAT(error_of("[source.\"a b\"]\nkind = \"postgres\"\nurl = \"env:U\"\n").message(),
              HasSubstr("cannot be a source's name"));
}

TEST(Config, IsFoundByFlagThenEnvironmentThenWorkingDirectory) {
  const os::TempDir folder("/tmp", "lifeboat-config-");
  const Environment named(std::map<std::string, std::string>{{"LIFEBOAT_CONFIG", "/from/env"}});
  EXPECT_EQ(find_config_file("/from/flag", named, folder.path()), "/from/flag");
  EXPECT_EQ(find_config_file(std::nullopt, named, folder.path()), "/from/env");
  EXPECT_EQ(find_config_file(std::nullopt, Environment(), folder.path()), std::nullopt);
  std::ofstream(folder.path() / "lifeboat.toml") << "[vault]\n";
  EXPECT_EQ(find_config_file(std::nullopt, Environment(), folder.path()), "lifeboat.toml");
}

TEST(Config, ThatWasNamedAndIsMissingIsAUsageError) {
  try {
    static_cast<void>(load_config("/nonexistent/lifeboat.toml"));
    FAIL() << "loaded";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_THAT(error.message(), HasSubstr("/nonexistent/lifeboat.toml"));
  }
}

TEST(Config, SaysWhatIsWrongWithTls) {
  const std::string pin = "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  const auto parse = [](const std::string& lines) {
    return parse_config("[source.s]\nkind = \"redis\"\nurl = \"env:REDIS_URL\"\n" + lines, "f");
  };
  const auto tls = parse("tls = \"pin\"\ntls_pins = [\"" + pin + "\"]\n").find_source("s")->tls;
  EXPECT_EQ(tls.mode, TlsMode::pin);
  EXPECT_EQ(tls.pins.at(0), pin);
  EXPECT_FALSE(parse("").find_source("s")->tls.said());
  for (const std::string& wrong :
       {std::string("tls = \"maybe\""), std::string("tls_pins = [\"/etc/key.pem\"]"),
        "tls = \"verify\"\ntls_pins = [\"" + pin + "\"]",
        std::string("tls = \"insecure\"\nca_file = \"/ca.pem\"")}) {
    try {
      static_cast<void>(parse(wrong));
      ADD_FAILURE() << "taken: " << wrong;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::usage);
      EXPECT_EQ(error.message().substr(0, 2), "f:") << error.message();
    }
  }
}

}  // namespace
}  // namespace lifeboat::config
