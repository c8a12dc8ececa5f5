#include "http/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/error.h"
#include "harness/http_server.h"
#include "harness/postgres_server.h"  // free_port()

namespace lifeboat::http {
namespace {

using harness::http_answer;
using harness::HttpPeer;
using harness::HttpRequest;
using harness::HttpServer;
using ::testing::HasSubstr;
using ::testing::Not;

ClientSettings plain() {
  ClientSettings settings;
  settings.plain_http = PlainHttp::allowed;
  return settings;
}

Request get_of(const HttpServer& server, const std::string& path) {
  Request request;
  request.url = server.url(path);
  return request;
}

Error error_of(Client& client, const Request& request, const std::stop_token& stop = {}) {
  try {
    static_cast<void>(client.send(request, stop));
  } catch (const Error& error) {
    return error;
  }
  return {ErrorKind::internal, "no error"};
}

TEST(HttpClient, SendsWhatItWasGivenAndHandsTheAnswerOver) {
  HttpRequest seen;
  HttpServer server([&](const HttpRequest& request, HttpPeer& peer) {
    seen = request;
    peer.send(http_answer(201, "made", {"X-Thing: one"}));
  });
  Client client(plain());
  const Bytes body(300'000, 'b');
  Request request = get_of(server, "/a/./b%2Fc?x=1&y=%20");
  request.method = Method::put;
  request.headers = {{"X-Mine", "here"}};
  request.body = body;
  const Response response = client.send(request, {});
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(as_text(response.body), "made");
  EXPECT_EQ(response.header("x-thing"), "one");
  EXPECT_FALSE(response.sent_again);
  EXPECT_EQ(seen.method, "PUT");
  EXPECT_EQ(seen.target, "/a/./b%2Fc?x=1&y=%20");
  EXPECT_EQ(seen.header("x-mine"), "here");
  EXPECT_EQ(seen.header("content-length"), "300000");
  EXPECT_EQ(seen.headers.count("expect") + seen.headers.count("content-type"), 0U);
  EXPECT_TRUE(seen.body == std::string(body.begin(), body.end()));
}

TEST(HttpClient, KnowsItsFiveMethods) {
  HttpServer server([&](const HttpRequest& request, HttpPeer& peer) {
    const bool head = request.method == "HEAD";
    peer.send(head ? "HTTP/1.1 200 OK\r\nContent-Length: 77\r\nX-Method: HEAD\r\n\r\n"
                   : http_answer(200, request.body, {"X-Method: " + request.method}));
  });
  Client client(plain());
  for (const Method method :
       {Method::get, Method::head, Method::put, Method::post, Method::remove}) {
    Request request = get_of(server, "/");
    request.method = method;
    request.body = as_bytes("text");
    const Response response = client.send(request, {});
    EXPECT_EQ(response.header("x-method"), name_of(method));
    const bool sends = method == Method::put || method == Method::post;
    EXPECT_EQ(as_text(response.body), sends ? "text" : "");
  }
  EXPECT_EQ(server.connections(), 1U);
}

TEST(HttpClient, KeepsOneConnectionForEachCallThatIsUnderWay) {
  HttpServer server([](const HttpRequest&, HttpPeer& peer) { peer.send(http_answer(200, "")); });
  Client client(plain());
  for (int i = 0; i < 5; ++i) static_cast<void>(client.send(get_of(server, "/"), {}));
  EXPECT_EQ(server.connections(), 1U);
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&] {
        for (int i = 0; i < 5; ++i) static_cast<void>(client.send(get_of(server, "/"), {}));
      });
    }
  }
  EXPECT_LE(server.connections(), 4U);
}

TEST(HttpClient, TellsThatABodyWentOutTwiceWhenTheConnectionHadDied) {
  std::atomic<int> requests{0};
  HttpServer server([&](const HttpRequest&, HttpPeer& peer) {
    if (++requests == 2) return peer.hang_up();  // the connection was kept, and dies under it
    peer.send(http_answer(200, ""));
  });
  Client client(plain());
  Request request = get_of(server, "/");
  request.method = Method::put;
  request.body = as_bytes("text");
  EXPECT_FALSE(client.send(request, {}).sent_again);
  EXPECT_TRUE(client.send(request, {}).sent_again);
  EXPECT_EQ(requests, 3);
}

TEST(HttpClient, RefusesABodyLongerThanAllowed) {
  HttpServer server([](const HttpRequest& request, HttpPeer& peer) {
    if (request.target == "/told") return peer.send(http_answer(200, "12345"));
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n\r\n");
  });
  Client client(plain());
  for (const char* path : {"/told", "/chunked"}) {
    Request request = get_of(server, path);
    request.most_body_bytes = 5;
    EXPECT_EQ(as_text(client.send(request, {}).body), "12345");
    request.most_body_bytes = 4;
    const Error error = error_of(client, request);
    EXPECT_EQ(error.kind(), ErrorKind::corrupt);
    EXPECT_THAT(error.message(), HasSubstr("longer than the 4 bytes allowed"));
  }
}

TEST(HttpClient, NeverFollowsARedirect) {
  HttpServer other([](const HttpRequest&, HttpPeer& peer) { peer.send(http_answer(200, "")); });
  HttpServer server([&](const HttpRequest&, HttpPeer& peer) {
    peer.send(http_answer(307, "", {"Location: " + other.url("/stolen")}));
  });
  Client client(plain());
  const Response response = client.send(get_of(server, "/"), {});
  EXPECT_EQ(response.status, 307);
  EXPECT_EQ(response.header("location"), other.url("/stolen"));
  EXPECT_EQ(other.connections(), 0U);
}

TEST(HttpClient, SpeaksNoPlainHttpUnlessAllowed) {
  HttpServer server([](const HttpRequest&, HttpPeer& peer) { peer.send(http_answer(200, "")); });
  Client client{ClientSettings{}};
  const Error error = error_of(client, get_of(server, "/"));
  EXPECT_EQ(error.kind(), ErrorKind::usage);
  EXPECT_THAT(error.message(), HasSubstr("without TLS"));
  EXPECT_EQ(server.connections(), 0U);
}

TEST(HttpClient, CallsAServerThatIsNotThereOrBreaksOffUnavailable) {
  HttpServer server([](const HttpRequest& request, HttpPeer& peer) {
    if (request.target == "/cut") {
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1234");
    } else if (request.target == "/head") {
      peer.send("HTTP/1.1 200 O");
    } else if (request.target == "/garbage") {
      peer.send("220 smtp.example ESMTP\r\n\r\n");
    }
    peer.hang_up();
  });
  Client client(plain());
  for (const char* path : {"/cut", "/head", "/garbage", "/nothing"}) {
    EXPECT_EQ(error_of(client, get_of(server, path)).kind(), ErrorKind::unavailable) << path;
  }
  Request request;
  request.url = "http://127.0.0.1:" + std::to_string(harness::free_port()) + "/";
  EXPECT_EQ(error_of(client, request).kind(), ErrorKind::unavailable);
  request.url = "http://nowhere.invalid/";
  EXPECT_EQ(error_of(client, request).kind(), ErrorKind::unavailable);
  for (const char* url : {"http://[broken/", "ftp://127.0.0.1/", "file:///etc/passwd"}) {
    request.url = url;
    EXPECT_EQ(error_of(client, request).kind(), ErrorKind::usage) << url;
  }
}

TEST(HttpClient, GivesUpAServerThatSaysNothing) {
  HttpServer server([](const HttpRequest&, HttpPeer& peer) { peer.wait_for_the_client_to_go(); });
  ClientSettings settings = plain();
  settings.stall_timeout = std::chrono::milliseconds(300);
  Client client(settings);
  const Error error = error_of(client, get_of(server, "/"));
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_THAT(error.message(), HasSubstr("no answer in time"));
}

TEST(HttpClient, StopsInTheMiddleOfARequest) {
  std::stop_source stop;
  HttpServer server([&](const HttpRequest&, HttpPeer& peer) {
    stop.request_stop();
    peer.wait_for_the_client_to_go();
  });
  Client client(plain());
  EXPECT_EQ(error_of(client, get_of(server, "/"), stop.get_token()).kind(), ErrorKind::cancelled);
  EXPECT_EQ(error_of(client, get_of(server, "/"), stop.get_token()).kind(), ErrorKind::cancelled);
  EXPECT_EQ(server.connections(), 1U);
}

TEST(HttpClient, SaysNothingOfPathQueryOrHeadersInAnError) {
  HttpServer server([](const HttpRequest&, HttpPeer& peer) { peer.hang_up(); });
  Client client(plain());
  Request request = get_of(server, "/canary-path?token=canary-query");
  request.headers = {{"Authorization", "canary-header"}};
  const Error error = error_of(client, request);
  EXPECT_THAT(error.message(), HasSubstr("127.0.0.1:" + std::to_string(server.port())));
  EXPECT_THAT(error.message() + error.hint(), Not(HasSubstr("canary")));
}

TEST(HttpClient, KeepsToItsPaceInBothDirections) {
  HttpServer server([](const HttpRequest& request, HttpPeer& peer) {
    peer.send(http_answer(200, request.body));
  });
  ClientSettings settings = plain();
  settings.pace = std::make_shared<stream::Pace>(1'000'000);
  Client client(settings);
  const Bytes body(200'000, 'x');
  Request request = get_of(server, "/");
  request.method = Method::put;
  request.body = body;
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(client.send(request, {}).body, body);
  // 400 kB at 1 MB/s, less the tenth of a second that a pace allows at once.
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(250));
}

}  // namespace
}  // namespace lifeboat::http
