#include "config/notify_section.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "config/config.h"
#include "config/plain_http.h"
#include "config/settings.h"

namespace lifeboat::config {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

NotifySection section_of(const std::string& text) {
  return parse_config(text, "lifeboat.toml").notify;
}

/// The error that a sink of these keys ends in: its first line is line 4.
Error error_of(const std::string& keys) {
  try {
    static_cast<void>(section_of("[notify]\napp = \"shop\"\n[notify.ops]\n" + keys));
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    return error;
  }
  ADD_FAILURE() << "accepted: " << keys;
  return {ErrorKind::internal, "accepted"};
}

TEST(NotifySection, ReadsSinksInTheOrderOfTheFile) {
  const NotifySection notify = section_of(R"([notify]
app = "shop"
on = ["all"]
within = "20s"

[notify.ops]
kind = "slack"
url = "env:SLACK"
only = ["shop-db"]

[notify.duty]
kind = "pagerduty"
key = "env:KEY"
url = "https://events.eu.pagerduty.com/v2/enqueue"
on = ["problems", "drill_passed"]

[notify.agent]
kind = "statsd"

[notify.node]
kind = "prometheus"
file = "/tmp/lifeboat.prom"

[notify.audit]
kind = "webhook"
url = "file:/run/url"
secret = "cmd:fetch"
)");
  EXPECT_EQ(notify.app, "shop");
  EXPECT_EQ(notify.within, 20s);
  EXPECT_THAT(notify.on, ElementsAre("all"));
  ASSERT_EQ(notify.sinks.size(), 5U);
  EXPECT_EQ(notify.sinks[0].name, "ops");
  EXPECT_EQ(notify.sinks[0].line, 6);
  EXPECT_THAT(notify.sinks[0].only, ElementsAre("shop-db"));
  EXPECT_THAT(notify.sinks[1].on, ElementsAre("problems", "drill_passed"));
  EXPECT_EQ(notify.sinks[1].key, "env:KEY");
  EXPECT_EQ(notify.sinks[2].address, "127.0.0.1:8125");
  EXPECT_EQ(notify.sinks[3].file, "/tmp/lifeboat.prom");
  EXPECT_EQ(notify.sinks[4].secret, "cmd:fetch");
}

TEST(NotifySection, IsEmptyWithoutOne) {
  const NotifySection notify = section_of("");
  EXPECT_THAT(notify.sinks, IsEmpty());
  EXPECT_EQ(notify.within, 30s);
}

TEST(NotifySection, RefusesSecretsThatStandInTheFile) {
  for (const char* keys :
       {"kind = \"slack\"\nurl = \"https://hooks.example/canary77\"\n",
        "kind = \"healthchecks\"\nurl = \"https://hc.example/canary77\"\n",
        "kind = \"webhook\"\nurl = \"env:X\"\nsecret = \"canary77\"\n",
        "kind = \"pagerduty\"\nkey = \"canary77\"\n",
        "kind = \"newrelic\"\nurl = \"https://h/x\"\nkey = \"canary77\"\n",
        "kind = \"pagerduty\"\nurl = \"https://u:canary77@h/x\"\nkey = \"env:K\"\n"}) {
    const Error error = error_of(keys);
    EXPECT_THAT(error.message(), HasSubstr("holds the secret itself")) << keys;
    EXPECT_EQ((error.message() + error.hint()).find("canary77"), std::string::npos) << keys;
  }
}

TEST(NotifySection, NamesWhatIsMissingOrUnknown) {
  EXPECT_EQ(error_of("kind = \"slack\"\n").message(), "lifeboat.toml:3: [notify.ops] has no url");
  EXPECT_EQ(error_of("kind = \"pagerduty\"\n").message(),
            "lifeboat.toml:3: [notify.ops] has no key");
  EXPECT_EQ(error_of("kind = \"prometheus\"\n").message(),
            "lifeboat.toml:3: [notify.ops] has no file");
  EXPECT_THAT(error_of("url = \"env:X\"\n").message(), HasSubstr("has no kind"));
  EXPECT_EQ(error_of("kind = \"slack\"\nurl = \"env:X\"\nkey = \"env:K\"\n").message(),
            "lifeboat.toml:6: unknown key \"key\" in [notify.ops]");
  EXPECT_THAT(error_of("kind = \"prometheus\"\nfile = \"/tmp/x.txt\"\n").message(),
              HasSubstr("does not end in .prom"));
  EXPECT_THAT(error_of("kind = \"slack\"\nurl = \"env:X\"\non = []\n").message(),
              HasSubstr("on is an empty list"));
  EXPECT_THAT(error_of("kind = \"slack\"\nurl = \"env:X\"\non = [\"recoverd\"]\n").hint(),
              HasSubstr("\"recovered\""));
  EXPECT_THAT(
      error_of("kind = \"newrelic\"\nurl = \"http://h.example/\"\nkey = \"env:K\"\n").message(),
      HasSubstr("url is not https"));
}

TEST(NotifySection, TakesAddressesWithAPortOnly) {
  for (const char* address :
       {"host", "host:", ":8125", "host:0", "host:65536", "host:12x", "udp://host:8125"}) {
    EXPECT_THAT(
        error_of("kind = \"statsd\"\naddress = \"" + std::string(address) + "\"\n").message(),
        HasSubstr("address is not HOST:PORT"));
  }
}

TEST(NotifySection, NeedsAnAppIfSomebodyIsTold) {
  EXPECT_THROW(static_cast<void>(section_of("[notify.agent]\nkind = \"statsd\"\n")), Error);
  EXPECT_THROW(static_cast<void>(section_of("[notify]\napp = \"a b\"\n")), Error);
  EXPECT_EQ(section_of("[notify]\napp = \"shop\"\n").app, "shop");
}

TEST(NotifySection, IsShownWithItsReferencesAndNothingMore) {
  const Config config = parse_config(
      "[notify]\napp = \"shop\"\n[notify.ops]\nkind = \"slack\"\nurl = \"env:SLACK\"\n",
      "lifeboat.toml");
  const Environment environment(
      std::map<std::string, std::string>{{"SLACK", "https://hooks.example/canary77"}});
  std::string shown;
  for (const SettingRow& row : setting_rows({}, environment, config)) {
    shown += row.name + "=" + row.value + " " + row.origin + "\n";
  }
  EXPECT_THAT(shown, HasSubstr("notify.app=shop lifeboat.toml:1\n"));
  EXPECT_THAT(shown, HasSubstr("notify.within=30s lifeboat.toml:1\n"));
  EXPECT_THAT(shown, HasSubstr("notify.ops.url=env:SLACK lifeboat.toml:3\n"));
  EXPECT_EQ(shown.find("canary77"), std::string::npos);
}

TEST(PlainHttp, IsForThisMachine) {
  for (const char* url : {"https://h/x", "http://localhost/x", "http://127.0.0.1:80",
                          "http://[::1]/", "http://[::1]:8000/x", "http://127.1.2.3/x"}) {
    EXPECT_TRUE(is_https_or_local(url)) << url;
  }
  for (const char* url :
       {"https://", "http://h/x", "http://127.0.0.1.example/", "http://[::1].example/",
        "ftp://localhost/", "http://localhost@evil.example/", "http://localhost:x@evil.example/",
        ""}) {
    EXPECT_FALSE(is_https_or_local(url)) << url;
  }
}

}  // namespace
}  // namespace lifeboat::config
