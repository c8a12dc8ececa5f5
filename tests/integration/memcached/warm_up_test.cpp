#include "restore/warm_up.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "harness/http_server.h"

namespace lifeboat::restore {
namespace {

using harness::http_answer;
using harness::HttpPeer;
using harness::HttpRequest;
using harness::HttpServer;

std::vector<WarmUpOutcome> outcomes_of(const WarmUp& requests) {
  SilentObserver observer;
  return warm_up(requests, observer, {});
}

TEST(WarmUp, AsksEachUrlAsOftenAsWantedAndReportsEach) {
  std::atomic<int> home{0};
  std::atomic<int> flaky{0};
  HttpServer server([&](const HttpRequest& request, HttpPeer& peer) {
    if (request.target.starts_with("/home")) {
      ++home;
      peer.send(http_answer(200, "hello"));
    } else if (request.target == "/moved") {
      peer.send(http_answer(301, "", {"Location: http://127.0.0.1:1/"}));
    } else {
      peer.send(http_answer(++flaky == 2 ? 204 : 503, ""));
    }
  });
  const auto outcomes = outcomes_of(
      {.urls = {server.url("/home?token=private"), server.url("/flaky"), server.url("/moved")},
       .count = 3});
  ASSERT_EQ(outcomes.size(), 3U);
  EXPECT_EQ(outcomes[0].url, server.url("/home"));  // what stands behind ? may be private
  EXPECT_EQ(outcomes[0].answered, 3);
  EXPECT_EQ(outcomes[0].failure, "");
  EXPECT_EQ(home, 3);
  EXPECT_EQ(outcomes[1].asked, 3);
  EXPECT_EQ(outcomes[1].answered, 1);
  EXPECT_EQ(outcomes[1].failure, "it answers 503");
  EXPECT_EQ(outcomes[2].answered, 0);
  EXPECT_NE(outcomes[2].failure.find("redirect"), std::string::npos);
}

TEST(WarmUp, GivesUpAServerThatIsSlowOrDripsOrIsGone) {
  HttpServer silent([](const HttpRequest&, HttpPeer& peer) { peer.wait_for_the_client_to_go(); });
  HttpServer dripping([](const HttpRequest&, HttpPeer& peer) {
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    std::jthread drip([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        peer.send("x");
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
      }
    });
    peer.wait_for_the_client_to_go();
  });
  std::string gone;
  {
    HttpServer server([](const HttpRequest&, HttpPeer&) {});
    gone = server.url("/");
  }
  const auto outcomes = outcomes_of(
      {.urls = {silent.url("/"), dripping.url("/"), gone}, .timeout = std::chrono::seconds(1)});
  ASSERT_EQ(outcomes.size(), 3U);
  for (const WarmUpOutcome& outcome : outcomes) {
    EXPECT_EQ(outcome.answered, 0) << outcome.url;
    EXPECT_NE(outcome.failure, "") << outcome.url;
  }
}

}  // namespace
}  // namespace lifeboat::restore
