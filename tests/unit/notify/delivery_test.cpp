#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "harness/postgres_server.h"  // free_port()
#include "receiver.h"

namespace lifeboat::notify {
namespace {

using namespace std::chrono_literals;
using config::SinkKind;
using harness::http_answer;
using harness::HttpRequest;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

constexpr const char* kPath = "/ping/canary77-5bf66975";

/// What one healthchecks ping of an event looks like.
HttpRequest ping_of(const Event& event, const std::string& path = kPath) {
  Receiver receiver;
  const Outcome outcome = told(sink_of(SinkKind::healthchecks, receiver.url(path)), {event, {}});
  EXPECT_EQ(outcome.reception, Reception::delivered) << outcome.said;
  EXPECT_EQ(outcome.said, "200");
  EXPECT_EQ(receiver.seen().size(), 1U);
  return receiver.seen().front();
}

TEST(Healthchecks, IsPingedAtThePathThatSaysWhatHappened) {
  const std::string rid = "?rid=" + failed_drill().run;
  const auto target = [](What what, std::optional<int> exit_code) {
    Event event = event_of(what);
    event.exit_code = exit_code;
    return ping_of(event).target;
  };
  EXPECT_EQ(target(What::drill_started, std::nullopt), kPath + ("/start" + rid));
  EXPECT_EQ(target(What::drill_passed, 0), kPath + rid);
  EXPECT_EQ(target(What::drill_failed, 3), kPath + ("/3" + rid));
  EXPECT_EQ(target(What::drill_failed, 0), kPath + ("/fail" + rid));
  EXPECT_EQ(target(What::snapshot_late, std::nullopt), kPath + ("/fail" + rid));
  EXPECT_EQ(target(What::test, std::nullopt), kPath + ("/log" + rid));
}

TEST(Healthchecks, IsPostedTheSummaryAsText) {
  const HttpRequest ping = ping_of(failed_drill());
  EXPECT_EQ(ping.method, "POST");
  EXPECT_EQ(ping.header("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(ping.body, plain_text(failed_drill()));
}

TEST(Healthchecks, KeepsAQueryThatTheUrlHas) {
  EXPECT_EQ(ping_of(failed_drill(), "/key/slug?create=1").target,
            "/key/slug/3?create=1&rid=" + failed_drill().run);
  Event event = failed_drill();
  event.run.clear();
  EXPECT_EQ(ping_of(event, "/key/slug/").target, "/key/slug/3");
}

TEST(Healthchecks, GetsBodiesOfTenKilobytesAtMostOrOfWhatTheServerTakes) {
  Receiver receiver([](const HttpRequest&, std::size_t) {
    return http_answer(200, "OK", {"Ping-Body-Limit: 100"});
  });
  const FakeClock clock(failed_drill().at);
  Notifier notifier({sink_of(SinkKind::healthchecks, receiver.url(kPath))}, impatient(), clock);
  Event event = failed_drill();
  event.summary = std::string(20'001, '-') + "é";
  EXPECT_EQ(notifier.deliver({event, {}}, {}).front().reception, Reception::delivered);
  event.summary =
      std::string(99 - headline(failed_drill()).size() + failed_drill().summary.size(), '-') + "é";
  EXPECT_EQ(notifier.deliver({event, {}}, {}).front().reception, Reception::delivered);
  const auto seen = receiver.seen();
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].body.size(), 10'000U);
  EXPECT_EQ(seen[1].body.size(), 99U) << "half a character would be no UTF-8";
}

TEST(Webhook, IsPostedSignedJson) {
  Receiver receiver;
  Sink sink = sink_of(SinkKind::webhook, receiver.url("/hook"));
  sink.secret = Secret("s3cret-of-the-hook");
  EXPECT_EQ(told(sink, {failed_drill(), {}}).reception, Reception::delivered);
  const HttpRequest seen = receiver.seen().front();
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.target, "/hook");
  EXPECT_EQ(seen.header("content-type"), "application/json");
  EXPECT_EQ(seen.header("x-lifeboat-event"), "drill_failed");
  EXPECT_EQ(seen.header("x-lifeboat-delivery"), failed_drill().id);
  EXPECT_EQ(seen.body, webhook_body(failed_drill()));
  EXPECT_EQ(seen.header("x-lifeboat-signature"),
            webhook_signature(sink.secret, seen.body, *parse_instant("2026-11-23T05:12:01Z")));
}

TEST(Webhook, IsNotSignedWithoutASecret) {
  Receiver receiver;
  EXPECT_EQ(told(sink_of(SinkKind::webhook, receiver.url("/hook")), {failed_drill(), {}}).tries, 1);
  EXPECT_EQ(receiver.seen().front().headers.count("x-lifeboat-signature"), 0U);
}

TEST(Slack, IsPostedItsMessage) {
  Receiver receiver;
  EXPECT_EQ(told(sink_of(SinkKind::slack, receiver.url("/services/T/B/x")), {failed_drill(), {}})
                .reception,
            Reception::delivered);
  EXPECT_EQ(receiver.seen().front().header("content-type"), "application/json");
  EXPECT_EQ(receiver.seen().front().body, slack_body(failed_drill()));
}

TEST(PagerDuty, IsTriggeredByAFailureAndResolvedByThePassAfterIt) {
  Receiver receiver(
      [](const HttpRequest&, std::size_t) { return http_answer(202, R"({"status":"success"})"); });
  const Sink sink = sink_of(SinkKind::pagerduty, receiver.url("/v2/enqueue"));
  EXPECT_EQ(told(sink, {failed_drill(), {}}).said, "202");
  EXPECT_EQ(told(sink, message_of(What::drill_passed)).said, "202");
  EXPECT_EQ(told(sink, message_of(What::drill_started)).reception, Reception::nothing_to_say);
  const auto seen = receiver.seen();
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(Json::parse(seen[0].body).at("event_action"), "trigger");
  EXPECT_EQ(Json::parse(seen[1].body).at("event_action"), "resolve");
  EXPECT_EQ(Json::parse(seen[0].body).at("dedup_key"), Json::parse(seen[1].body).at("dedup_key"));
}

TEST(PagerDuty, OpensAndResolvesAnAlertOfItsOwnInATest) {
  Receiver receiver;
  const Outcome outcome =
      told(sink_of(SinkKind::pagerduty, receiver.url("/v2/enqueue")), message_of(What::test));
  EXPECT_EQ(outcome.reception, Reception::delivered);
  const auto seen = receiver.seen();
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(Json::parse(seen[0].body).at("payload").at("severity"), "info");
  EXPECT_EQ(Json::parse(seen[1].body).at("event_action"), "resolve");
}

TEST(NewRelic, IsPostedEventsAndSamplesWithItsKey) {
  Receiver receiver;
  const Sink sink = sink_of(SinkKind::newrelic, receiver.url("/v1/accounts/1/events"));
  const Message message{failed_drill(), {{"lifeboat_snapshots", {{"app", "shop"}}, 1}}};
  EXPECT_EQ(told(sink, message).reception, Reception::delivered);
  const HttpRequest seen = receiver.seen().front();
  EXPECT_EQ(seen.header("api-key"), sink.key.reveal());
  EXPECT_EQ(seen.header("content-type"), "application/json");
  EXPECT_EQ(Json::parse(seen.body).size(), 2U);
}

/// One message for a server that answers like this until try `until`.
struct Tried {
  Outcome outcome;
  std::vector<std::chrono::milliseconds> waited;
  std::size_t requests = 0;
};
Tried tried(int status, std::size_t until, const std::vector<std::string>& headers = {},
            const std::string& body = "") {
  Receiver receiver([&](const HttpRequest&, std::size_t number) {
    return number < until ? http_answer(status, body, headers) : http_answer(200, "OK");
  });
  Tried result;
  result.outcome = told(sink_of(SinkKind::slack, receiver.url(kPath)), {failed_drill(), {}},
                        impatient(&result.waited));
  result.requests = receiver.seen().size();
  return result;
}

TEST(Delivery, IsTriedAgainAfterAnErrorOfTheServer) {
  for (const int status : {408, 429, 500, 502, 503}) {
    const Tried result = tried(status, 3);
    EXPECT_EQ(result.outcome.reception, Reception::delivered) << status;
    EXPECT_EQ(result.outcome.tries, 3);
    EXPECT_EQ(result.requests, 3U);
    EXPECT_EQ(result.waited.size(), 2U);
  }
}

TEST(Delivery, EndsAfterFiveRetries) {
  const Tried result = tried(500, 100);
  EXPECT_EQ(result.outcome.reception, Reception::failed);
  EXPECT_EQ(result.outcome.tries, 6);
  EXPECT_EQ(result.requests, 6U);
  EXPECT_THAT(warning_of(result.outcome), AllOf(HasSubstr("slack (notify.ops) was not told: "),
                                                HasSubstr("answers 500"), HasSubstr("(6 tries)")));
}

TEST(Delivery, IsNotTriedAgainWhereThatIsOfNoUse) {
  for (const int status : {301, 400, 401, 403, 404, 410}) {
    const Tried result = tried(status, 100);
    EXPECT_EQ(result.outcome.reception, Reception::failed) << status;
    EXPECT_EQ(result.requests, 1U) << status;
  }
}

TEST(Delivery, WaitsForAsLongAsTheServerAsks) {
  const Tried result = tried(429, 2, {"Retry-After: 7"});
  EXPECT_EQ(result.outcome.reception, Reception::delivered);
  EXPECT_THAT(result.waited, ElementsAre(7000ms));
}

TEST(Delivery, EndsIfTheServerAsksForMoreThanThereIs) {
  const Tried result = tried(429, 2, {"Retry-After: 31"});
  EXPECT_EQ(result.outcome.reception, Reception::failed);
  EXPECT_EQ(result.requests, 1U);
  EXPECT_TRUE(result.waited.empty());
  EXPECT_THAT(result.outcome.said, HasSubstr("more patience than there is time"));
}

TEST(Delivery, TellsThatNobodyListens) {
  const std::string url = "http://127.0.0.1:" + std::to_string(harness::free_port()) + kPath;
  const Outcome outcome = told(sink_of(SinkKind::slack, url), {failed_drill(), {}});
  EXPECT_EQ(outcome.reception, Reception::failed);
  EXPECT_EQ(outcome.tries, 6);
  EXPECT_THAT(outcome.said, HasSubstr("127.0.0.1:"));
}

TEST(Delivery, GoesNowhereWithoutTlsButHere) {
  const Outcome outcome =
      told(sink_of(SinkKind::slack, "http://hooks.example/canary77"), {failed_drill(), {}});
  EXPECT_EQ(outcome.reception, Reception::failed);
  EXPECT_EQ(outcome.tries, 1);
  EXPECT_THAT(outcome.said, HasSubstr("not https"));
}

TEST(Delivery, TellsNoSecretThatAnAnswerQuotes) {
  for (const std::string& quoted : {std::string(kPath), std::string(kPath).substr(1),
                                    sink_of(SinkKind::slack, "").key.reveal()}) {
    const Tried result = tried(403, 100, {}, "no such hook: " + quoted + "\r\nsorry");
    EXPECT_THAT(result.outcome.said, Not(HasSubstr("canary77")));
    EXPECT_THAT(result.outcome.said, HasSubstr("answers 403: no such hook: "));
    EXPECT_THAT(result.outcome.said, HasSubstr("***  sorry"));
  }
}

TEST(Notifier, TellsNoSecretOfAnotherSinkThatAnAnswerQuotes) {
  Receiver receiver([](const HttpRequest&, std::size_t) {
    return http_answer(403, "said R0UT1NG-canary77 and s3cret-canary77");
  });
  Sink duty = sink_of(SinkKind::pagerduty, receiver.url("/v2/enqueue"));
  duty.key = Secret("R0UT1NG-canary77");
  Sink hook = sink_of(SinkKind::webhook, receiver.url("/hook"));
  hook.secret = Secret("s3cret-canary77");
  const FakeClock clock(failed_drill().at);
  Notifier notifier({duty, hook, sink_of(SinkKind::slack, receiver.url(kPath))}, impatient(),
                    clock);
  for (const Outcome& outcome : notifier.deliver({failed_drill(), {}}, {})) {
    EXPECT_THAT(outcome.said, HasSubstr("answers 403: said *** and ***"));
  }
}

TEST(Notifier, IsBoundedWhenAServerHangs) {
  harness::HttpServer hangs(
      [](const HttpRequest&, harness::HttpPeer& peer) { peer.wait_for_the_client_to_go(); });
  Receiver works;
  NotifierSettings settings;
  settings.within = 1500ms;
  const FakeClock clock(failed_drill().at);
  Notifier notifier(
      {sink_of(SinkKind::slack, hangs.url(kPath)), sink_of(SinkKind::slack, works.url(kPath))},
      settings, clock);
  const auto begin = std::chrono::steady_clock::now();
  const auto outcomes = notifier.deliver({failed_drill(), {}}, {});
  EXPECT_LT(std::chrono::steady_clock::now() - begin, settings.within + settings.grace);
  EXPECT_EQ(outcomes[0].reception, Reception::failed);
  EXPECT_THAT(outcomes[0].said, HasSubstr("no answer in time"));
  EXPECT_EQ(outcomes[1].reception, Reception::delivered);
  EXPECT_LT(outcomes[1].took, 1000ms) << "it waited for the other one";
}

TEST(Notifier, LeavesBehindWhatCannotBeStopped) {
  Receiver receiver([](const HttpRequest&, std::size_t) { return http_answer(500, ""); });
  auto finished = std::make_shared<std::atomic<bool>>(false);
  NotifierSettings settings;
  settings.within = 100ms;
  settings.grace = 100ms;
  settings.courier.retry.first_delay = 1ms;
  settings.courier.wait = [finished](std::chrono::milliseconds, const std::stop_token&) {
    std::this_thread::sleep_for(1s);  // as a resolver does
    *finished = true;
  };
  const FakeClock clock(failed_drill().at);
  const auto begin = std::chrono::steady_clock::now();
  {
    Notifier notifier({sink_of(SinkKind::slack, receiver.url(kPath))}, settings, clock);
    const auto outcomes = notifier.deliver({failed_drill(), {}}, {});
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 800ms);
    EXPECT_EQ(outcomes.front().reception, Reception::failed);
    EXPECT_EQ(outcomes.front().said, "no answer in time");
  }
  while (!*finished) std::this_thread::sleep_for(10ms);  // it owns what it works on
}

TEST(Notifier, EndsEarlyWhenItIsStopped) {
  harness::HttpServer hangs(
      [](const HttpRequest&, harness::HttpPeer& peer) { peer.wait_for_the_client_to_go(); });
  const FakeClock clock(failed_drill().at);
  Notifier notifier({sink_of(SinkKind::slack, hangs.url(kPath))}, {}, clock);
  std::stop_source stop;
  const std::jthread stopper([&stop] {
    std::this_thread::sleep_for(100ms);
    stop.request_stop();
  });
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(notifier.deliver({failed_drill(), {}}, stop.get_token()).front().reception,
            Reception::failed);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
}

TEST(Notifier, TellsTheOthersWhenOneCannotBeUsed) {
  Receiver receiver;
  Sink broken = sink_of(SinkKind::slack, "");
  broken.problem = "the environment variable SLACK_URL is not set";
  const FakeClock clock(failed_drill().at);
  Notifier notifier({broken, sink_of(SinkKind::webhook, receiver.url(kPath))}, impatient(), clock);
  const auto outcomes = notifier.deliver({failed_drill(), {}}, {});
  EXPECT_EQ(outcomes[0].reception, Reception::failed);
  EXPECT_THAT(warning_of(outcomes[0]), HasSubstr("SLACK_URL is not set"));
  EXPECT_EQ(outcomes[1].reception, Reception::delivered);
}

TEST(Notifier, SaysNothingToASinkThatDoesNotAsk) {
  Receiver receiver;
  Sink sink = sink_of(SinkKind::slack, receiver.url(kPath));
  EXPECT_EQ(told(sink, message_of(What::drill_passed)).reception, Reception::nothing_to_say);
  sink.only = {"another"};
  EXPECT_EQ(told(sink, {failed_drill(), {}}).reception, Reception::nothing_to_say);
  EXPECT_TRUE(receiver.seen().empty());
}

TEST(Sinks, AreTheSectionsWithTheirReferencesResolved) {
  config::NotifySection section;
  section.on = {"problems"};
  section.sinks = {{.name = "a", .kind = SinkKind::slack, .url = "env:A"},
                   {.name = "b", .kind = SinkKind::pagerduty, .key = "env:B", .on = {"all"}},
                   {.name = "c", .kind = SinkKind::slack, .url = "env:MISSING"}};
  const auto sinks = sinks_of(section, [](const std::string& reference) {
    if (reference == "env:MISSING") throw Error(ErrorKind::usage, "MISSING is not set");
    return Secret("of " + reference);
  });
  ASSERT_EQ(sinks.size(), 3U);
  EXPECT_EQ(sinks[0].url.reveal(), "of env:A");
  EXPECT_THAT(sinks[0].on, ElementsAre("problems"));
  EXPECT_EQ(sinks[1].key.reveal(), "of env:B");
  EXPECT_THAT(sinks[1].on, ElementsAre("all"));
  EXPECT_EQ(sinks[2].problem, "MISSING is not set");
}

}  // namespace
}  // namespace lifeboat::notify
