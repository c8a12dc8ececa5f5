#include "notify/bodies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "receiver.h"

namespace lifeboat::notify {
namespace {

using Json = nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(WebhookBody, IsTheOneOfTheSpecification) {
  EXPECT_EQ(
      webhook_body(failed_drill()),
      R"text({"format":1,"id":"6f1c2b1e-0f0a-4c0a-9d53-8a3f1e6f2a10","event":"drill_failed",)text"
      R"text("severity":"warning","alert":"lifeboat/shop/drill/weekly-restore",)text"
      R"text("again_good":false,"app":"shop","name":"weekly-restore",)text"
      R"text("verdict":"objective_missed",)text"
      R"text("summary":"recovered in 72 min of 60, losing 4 h 36 min of 24 h",)text"
      R"text("at":"2026-11-23T05:12:00.000Z","started":"2026-11-23T04:00:00.000Z",)text"
      R"text("exit_code":3,"run":"0b7e9e02-6f2d-8a41-b1a7-1f4d2c9e8b55",)text"
      R"text("figures":{"rta_seconds":4320,"rto_objective_seconds":3600,"cost_usd":0.41},)text"
      R"text("runbook":"runbooks/lost-primary.md",)text"
      R"text("snapshot":"7f3a91c200000000000000000000000000000000000000000000000000000000",)text"
      R"text("heads":[{"chain":"snapshot/1f2e3d4c",)text"
      R"text("head":"snapshot/1f2e3d4c:17:0123456789abcdef"}]})text");
}

TEST(WebhookBody, HasEveryFieldWhateverIsAbsent) {
  Event event;
  event.app = "shop";
  event.figures = {{"x_seconds", std::numeric_limits<double>::infinity()}};
  const Json body = Json::parse(webhook_body(event));
  const Json whole = Json::parse(webhook_body(failed_drill()));
  for (const auto& [name, value] : whole.items()) EXPECT_TRUE(body.contains(name)) << name;
  for (const char* name :
       {"name", "verdict", "started", "exit_code", "run", "runbook", "snapshot"}) {
    EXPECT_TRUE(body.at(name).is_null()) << name;
  }
  EXPECT_TRUE(body.at("figures").at("x_seconds").is_null());
}

TEST(WebhookBody, SurvivesTextThatIsNotUtf8) {
  Event event = failed_drill();
  event.summary = "table \xff\xfe is gone";
  EXPECT_THAT(Json::parse(webhook_body(event)).at("summary").get<std::string>(),
              HasSubstr("is gone"));
}

// Computed with: printf '%s' '1763874721.{}' | openssl dgst -sha256 -hmac s3cret
TEST(WebhookSignature, IsOverTheTimeAndTheBody) {
  EXPECT_EQ(webhook_signature(Secret("s3cret"), "{}", *parse_instant("2025-11-23T05:12:01.900Z")),
            "t=1763874721,v1="
            "93e31aeeef36d614fa27119ab624c6bf2e235d0d35f7aabc0b5de192cdf24671");
}

TEST(SlackBody, HasTextAndBlocks) {
  const Json body = Json::parse(slack_body(failed_drill()));
  EXPECT_EQ(body.at("text"), headline(failed_drill()));
  const Json& blocks = body.at("blocks");
  ASSERT_EQ(blocks.size(), 3U);
  EXPECT_EQ(blocks[0].at("type"), "section");
  EXPECT_EQ(blocks[0].at("text").at("type"), "mrkdwn");
  EXPECT_EQ(blocks[0].at("text").at("text"), ":large_orange_circle: " + headline(failed_drill()));
  EXPECT_EQ(blocks[1].at("fields").size(), 3U);
  EXPECT_EQ(blocks[1].at("fields")[0].at("text"), "*rta_seconds*\n4320");
  EXPECT_EQ(blocks[2].at("type"), "context");
  EXPECT_EQ(blocks[2].at("elements")[0].at("text"),
            "2026-11-23 05:12 UTC  runbook runbooks/lost-primary.md  snapshot 7f3a91c2");
}

TEST(SlackBody, EscapesAndStaysWithinTheLimits) {
  Event event = failed_drill();
  event.summary = "<!channel> & " + std::string(5000, '&');
  event.figures.assign(30, {"a<b", 1});
  const Json body = Json::parse(slack_body(event));
  const std::string text = body.at("blocks")[0].at("text").at("text");
  EXPECT_THAT(text, HasSubstr("&lt;!channel&gt; &amp; "));
  EXPECT_THAT(text, Not(HasSubstr("<")));
  EXPECT_LE(text.size(), 3000U);
  EXPECT_TRUE(text.ends_with("&amp;"));
  EXPECT_EQ(body.at("blocks")[1].at("fields").size(), 10U);
}

TEST(PagerDutyBody, TriggersWithEveryDocumentedField) {
  const Json body =
      Json::parse(pagerduty_body(failed_drill(), AlertAction::trigger, Secret("R0UT1NG")));
  EXPECT_EQ(body.at("routing_key"), "R0UT1NG");
  EXPECT_EQ(body.at("event_action"), "trigger");
  EXPECT_EQ(body.at("dedup_key"), "lifeboat/shop/drill/weekly-restore");
  EXPECT_EQ(body.at("client"), "lifeboat");
  const Json& payload = body.at("payload");
  EXPECT_EQ(payload.at("summary"), headline(failed_drill()));
  EXPECT_EQ(payload.at("source"), "lifeboat/shop");
  EXPECT_EQ(payload.at("severity"), "warning");
  EXPECT_EQ(payload.at("timestamp"), "2026-11-23T05:12:00.000Z");
  EXPECT_EQ(payload.at("component"), "weekly-restore");
  EXPECT_EQ(payload.at("group"), "shop");
  EXPECT_EQ(payload.at("class"), "drill_failed");
  EXPECT_EQ(payload.at("custom_details").at("runbook"), "runbooks/lost-primary.md");
  EXPECT_EQ(payload.at("custom_details").at("rta_seconds"), 4320);
  EXPECT_EQ(payload.at("custom_details").at("verdict"), "objective_missed");
  EXPECT_EQ(payload.at("custom_details").at("exit_code"), 3);
  EXPECT_THAT(payload.at("custom_details").at("heads"),
              ElementsAre("snapshot/1f2e3d4c:17:0123456789abcdef"));
}

TEST(PagerDutyBody, ResolvesAndAcknowledgesByTheSameKeyAlone) {
  for (const auto& [action, word] :
       {std::pair(AlertAction::resolve, "resolve"), {AlertAction::acknowledge, "acknowledge"}}) {
    const Json body = Json::parse(pagerduty_body(failed_drill(), action, Secret("R0UT1NG")));
    EXPECT_EQ(body, Json({{"routing_key", "R0UT1NG"},
                          {"event_action", word},
                          {"dedup_key", "lifeboat/shop/drill/weekly-restore"}}));
  }
}

TEST(PagerDutyBody, KeepsTheSummaryWithin1024Bytes) {
  Event event = failed_drill();
  event.summary = std::string(5000, 's');
  const Json body = Json::parse(pagerduty_body(event, AlertAction::trigger, Secret("R")));
  EXPECT_EQ(body.at("payload").at("summary").get<std::string>().size(), 1024U);
}

TEST(AlertActions, FollowTheTone) {
  EXPECT_THAT(alert_actions(failed_drill()), ElementsAre(AlertAction::trigger));
  EXPECT_THAT(alert_actions(event_of(What::snapshot_late)), ElementsAre(AlertAction::trigger));
  EXPECT_THAT(alert_actions(event_of(What::drill_passed)), ElementsAre(AlertAction::resolve));
  EXPECT_THAT(alert_actions(event_of(What::drill_acknowledged)),
              ElementsAre(AlertAction::acknowledge));
  EXPECT_TRUE(alert_actions(event_of(What::drill_started)).empty());
  EXPECT_THAT(alert_actions(event_of(What::test)),
              ElementsAre(AlertAction::trigger, AlertAction::resolve));
}

TEST(NewRelicBody, HasAnEventAndASampleEach) {
  const std::vector<Sample> samples = {
      {"lifeboat_snapshots", {{"app", "shop"}, {"source", "shop-db"}}, 12},
      {"lifeboat_drill_rta_seconds", {{"app", "shop"}, {"drill", "weekly"}}, 1320.5}};
  const auto bodies = newrelic_bodies(failed_drill(), samples, failed_drill().at);
  ASSERT_EQ(bodies.size(), 1U);
  const Json body = Json::parse(bodies.front());
  ASSERT_EQ(body.size(), 3U);
  EXPECT_EQ(body[0].at("eventType"), "LifeboatEvent");
  EXPECT_EQ(body[0].at("timestamp"), 1795410720);
  EXPECT_EQ(body[0].at("event"), "drill_failed");
  EXPECT_EQ(body[0].at("figure.rta_seconds"), 4320);
  EXPECT_EQ(body[0].at("exitCode"), 3);
  EXPECT_EQ(body[2], Json({{"eventType", "LifeboatSample"},
                           {"timestamp", 1795410720},
                           {"metric", "lifeboat_drill_rta_seconds"},
                           {"value", 1320.5},
                           {"app", "shop"},
                           {"drill", "weekly"}}));
}

TEST(NewRelicBody, StaysWithinOneMegabyte) {
  const std::vector<Sample> many(
      2500, {"lifeboat_snapshots", {{"app", std::string(64, 'a')}, {"source", "s"}}, 1});
  const auto bodies = newrelic_bodies(std::nullopt, many, failed_drill().at);
  ASSERT_EQ(bodies.size(), 3U);
  std::size_t objects = 0;
  for (const std::string& body : bodies) {
    EXPECT_LT(body.size(), 1'000'000U);
    objects += Json::parse(body).size();
  }
  EXPECT_EQ(objects, 2500U);
  EXPECT_TRUE(newrelic_bodies(std::nullopt, {}, {}).empty());
}

}  // namespace
}  // namespace lifeboat::notify
