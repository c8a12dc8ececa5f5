// What S3Store does when the store, or the way to it, goes wrong: a proxy of our own stands between
// it and a real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "harness/s3_fault_proxy.h"
#include "harness/s3_server.h"
#include "store/s3_store.h"

namespace lifeboat::store {
namespace {

using namespace harness;  // NOLINT: the proxy's faults read as sentences
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class S3Fault : public testing::Test {
 protected:
  S3Fault() : settings_(shared_s3_server().settings(proxy_.port())) {
    settings_.wait = [this](std::chrono::milliseconds delay, const std::stop_token&) {
      waits_.push_back(delay);
    };
  }

  S3Store& store() {
    if (!store_) store_.emplace(settings_, clock_, std::stop_token());
    return *store_;
  }

  /// As if by another process, past the proxy.
  void put_by_another(const std::string& name, std::string_view text) {
    S3Settings direct = shared_s3_server().settings();
    direct.location.prefix = settings_.location.prefix;
    S3Store other(direct, clock_, {});
    ASSERT_EQ(other.put(ObjectKey(name), as_bytes(text)), PutResult::created);
  }

  std::string text_of(const std::string& name) {
    const auto bytes = store().get(ObjectKey(name), 1U << 20U);
    return bytes ? std::string(as_text(*bytes)) : "(nothing)";
  }

  Error error_of(const std::function<void()>& work) {
    try {
      work();
    } catch (const Error& error) {
      return error;
    }
    return {ErrorKind::internal, "no error"};
  }

  void TearDown() override { EXPECT_TRUE(proxy_.all_happened()) << "a fault never came to pass"; }

  S3FaultProxy proxy_{shared_s3_server().port()};
  S3Settings settings_;
  const SystemClock clock_;
  std::vector<std::chrono::milliseconds> waits_;
  std::optional<S3Store> store_;
};

const ObjectKey kKey("g1/pack/ab");
// Of a busy machine, too: what stalls, stalls for ever.
constexpr std::chrono::milliseconds kImpatient{1000};

TEST_F(S3Fault, OfTheKindsThatPassIsTriedAgain) {
  const std::vector<S3FaultProxy::Fault> passing = {
      answers(503, s3_error("SlowDown")),
      answers(500, s3_error("InternalError")),
      answers(502, "<html>bad gateway</html>"),
      answers(504),
      answers(429),
      answers(408),
      answers(400, s3_error("RequestTimeout")),
      answers(409, s3_error("ConditionalRequestConflict")),
      answers(400, s3_error("XAmzContentSHA256Mismatch")),
      hangs_up()};
  for (std::size_t i = 0; i < passing.size(); ++i) {
    const ObjectKey key("put/" + std::to_string(i));
    proxy_.fault("PUT", key.name(), passing[i]);
    EXPECT_EQ(store().put(key, as_bytes("text")), PutResult::created) << i;
    proxy_.fault("GET", key.name(), passing[i]);
    EXPECT_EQ(text_of(key.name()), "text") << i;
    proxy_.fault("HEAD", key.name(), i == 6 || i == 8 ? answers(500) : passing[i]);
    EXPECT_EQ(store().find(key)->size_bytes, 4U) << i;
    proxy_.fault("GET", "list-type", passing[i]);
    int listed = 0;
    store().list(key.name(), "", [&](const ObjectInfo&) { return ++listed > 0; });
    EXPECT_EQ(listed, 1) << i;
    proxy_.fault("DELETE", key.name(), passing[i]);
    store().remove(key);
    EXPECT_FALSE(store().find(key)) << i;
  }
  // But the last: a kept connection that ends is made anew at once.
  EXPECT_THAT(waits_, SizeIs(5 * (passing.size() - 1)));
}

TEST_F(S3Fault, InTheAnswerToAPutThatWasCarriedOutEndsInCreated) {
  settings_.http.stall_timeout = kImpatient;
  const std::vector<S3FaultProxy::Fault> lost = {acts_but_answers(500, s3_error("InternalError")),
                                                 acts_but_answers(503), acts_but_cuts_after(0),
                                                 acts_but_cuts_after(20), acts_but_stalls_after(0)};
  for (std::size_t i = 0; i < lost.size(); ++i) {
    const ObjectKey key("lost/" + std::to_string(i));
    const std::string text = "mine " + std::to_string(i);
    proxy_.fault("PUT", key.name(), lost[i]);
    EXPECT_EQ(store().put(key, as_bytes(text)), PutResult::created) << i;
    EXPECT_EQ(text_of(key.name()), text);
  }
}

TEST_F(S3Fault, BehindWhichAnotherTookTheNameEndsInExists) {
  for (const std::string other : {"theirs", "other text"}) {  // of our length, and not
    const ObjectKey key("taken/" + std::to_string(other.size()));
    put_by_another(key.name(), other);
    proxy_.fault("PUT", key.name(), answers(503));
    EXPECT_EQ(store().put(key, as_bytes("myself")), PutResult::exists);
    EXPECT_EQ(text_of(key.name()), other);
  }
}

TEST_F(S3Fault, IsNotNeededForATakenNameToBeToldAtOnce) {
  put_by_another(kKey.name(), "text");
  EXPECT_EQ(store().put(kKey, as_bytes("text")), PutResult::exists);
  EXPECT_THAT(proxy_.requests(), SizeIs(1));
}

TEST_F(S3Fault, ThatNeverPassesEndsInUnavailableAfterAFewTries) {
  proxy_.fault("GET", kKey.name(), answers(503, s3_error("SlowDown")), 8);
  const Error error = error_of([&] { static_cast<void>(store().get(kKey, 10)); });
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_EQ(error.message(), "g1/pack/ab: after 8 tries: the store answers 503 SlowDown");
  EXPECT_FALSE(error.hint().empty());
  EXPECT_THAT(proxy_.requests(), SizeIs(8));
}

TEST_F(S3Fault, ThatComesAllTheTimeUsesUpTheBudget) {
  settings_.retry.budget = 10;
  proxy_.fault("GET", "", answers(500), 10 + 3);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(error_of([&] { static_cast<void>(store().get(kKey, 10)); }).kind(),
              ErrorKind::unavailable);
  }
  EXPECT_THAT(proxy_.requests(), SizeIs(13));
}

TEST_F(S3Fault, WithRetryAfterIsWaitedForAsLong) {
  proxy_.fault("GET", kKey.name(), answers(503, "", {"Retry-After: 7"}));
  EXPECT_FALSE(store().get(kKey, 10));
  ASSERT_THAT(waits_, SizeIs(1));
  EXPECT_GE(waits_[0], std::chrono::seconds(7));
  proxy_.fault("GET", kKey.name(), answers(503, "", {"Retry-After: 86400"}));
  EXPECT_EQ(error_of([&] { static_cast<void>(store().get(kKey, 10)); }).kind(),
            ErrorKind::unavailable);
}

TEST_F(S3Fault, IsToldOfBeforeEachWait) {
  std::vector<std::string> told;
  settings_.on_retry = [&](const Error& why, std::chrono::milliseconds delay) {
    told.push_back(why.message());
    EXPECT_GE(delay, std::chrono::seconds(2));
    EXPECT_THAT(waits_, SizeIs(told.size() - 1));
  };
  proxy_.fault("GET", kKey.name(), answers(503, s3_error("SlowDown"), {"Retry-After: 2"}), 2);
  EXPECT_FALSE(store().get(kKey, 10));
  EXPECT_THAT(told,
              ElementsAre("the store answers 503 SlowDown", "the store answers 503 SlowDown"));
}

TEST_F(S3Fault, IsNotTriedAgainOnceAStopWasRequested) {
  std::stop_source stop;
  settings_.wait = [&](std::chrono::milliseconds, const std::stop_token&) { stop.request_stop(); };
  S3Store stopped(settings_, clock_, stop.get_token());
  proxy_.fault("GET", kKey.name(), answers(503));
  EXPECT_EQ(error_of([&] { static_cast<void>(stopped.get(kKey, 10)); }).kind(),
            ErrorKind::cancelled);
  EXPECT_THAT(proxy_.requests(), SizeIs(1));
}

TEST_F(S3Fault, ThatCutsAnObjectNeverShowsAPartOfItForTheWhole) {
  settings_.http.stall_timeout = kImpatient;
  const std::string text(100'000, 't');
  put_by_another(kKey.name(), text);
  proxy_.fault("GET", kKey.name(), acts_but_cuts_after(50'000), 2);
  EXPECT_TRUE(text_of(kKey.name()) == text);
  proxy_.fault("GET", kKey.name(), acts_but_stalls_after(50'000));
  EXPECT_TRUE(text_of(kKey.name()) == text);
  proxy_.fault("GET", "list-type", acts_but_cuts_after(400));
  int listed = 0;
  store().list("", "", [&](const ObjectInfo&) { return ++listed > 0; });
  EXPECT_EQ(listed, 1);
}

TEST_F(S3Fault, OfAStoreThatCannotCreateConditionallyIsRefused) {
  proxy_.fault("PUT", kKey.name(), answers(501, s3_error("NotImplemented")));
  const Error error = error_of([&] { static_cast<void>(store().put(kKey, as_bytes("1"))); });
  EXPECT_EQ(error.kind(), ErrorKind::refused);
  EXPECT_THAT(error.message(), HasSubstr("only if its name is free"));
  EXPECT_THAT(proxy_.requests(), SizeIs(1));
}

TEST_F(S3Fault, OfAStoreThatIgnoresTheConditionIsSeenByAProbe) {
  proxy_.fault("PUT", kKey.name(), ignores_the_condition(shared_s3_server().port()), 2);
  EXPECT_EQ(store().put(kKey, as_bytes("first")), PutResult::created);
  EXPECT_EQ(store().put(kKey, as_bytes("second")), PutResult::created);
  EXPECT_EQ(text_of(kKey.name()), "second");
}

TEST_F(S3Fault, OfAStoreWithoutConditionsLetsAVaultOfHashedNamesWriteWithoutOne) {
  proxy_.fault("PUT", kKey.name(), answers(501, s3_error("NotImplemented")));
  store().look_before_creating();
  EXPECT_EQ(store().put(kKey, as_bytes("first")), PutResult::created);
  EXPECT_THAT(proxy_.requests(), SizeIs(3)) << "a HEAD, a PUT with the condition, one without";
  proxy_.forget_requests();
  EXPECT_EQ(store().put(kKey, as_bytes("second")), PutResult::exists);
  EXPECT_THAT(proxy_.requests(), SizeIs(1));
  EXPECT_EQ(text_of(kKey.name()), "first");
}

TEST_F(S3Fault, OfAStoresConditionsIsFoundByAProbe) {
  const ObjectKey probe("probe/conditions");
  EXPECT_EQ(store().try_conditional_create(probe), ConditionalCreate::heeded);
  EXPECT_FALSE(store().find(probe)) << "it is left behind";
  proxy_.fault("PUT", probe.name(), ignores_the_condition(shared_s3_server().port()), 2);
  EXPECT_EQ(store().try_conditional_create(probe), ConditionalCreate::ignored);
  proxy_.fault("PUT", probe.name(), answers(501, s3_error("NotImplemented")));
  EXPECT_EQ(store().try_conditional_create(probe), ConditionalCreate::unknown);
}

TEST_F(S3Fault, ThatRedirectsNamesTheRegionAndIsNotFollowed) {
  HttpServer elsewhere([](const HttpRequest&, HttpPeer& peer) { peer.send(http_answer(200, "")); });
  proxy_.fault("GET", kKey.name(),
               answers(301, s3_error("PermanentRedirect"),
                       {"Location: " + elsewhere.url("/"), "x-amz-bucket-region: eu-west-1"}));
  const Error error = error_of([&] { static_cast<void>(store().get(kKey, 10)); });
  EXPECT_EQ(error.kind(), ErrorKind::usage);
  EXPECT_THAT(error.message(), HasSubstr("not in region us-east-1, but in eu-west-1"));
  EXPECT_EQ(elsewhere.connections(), 0U);
}

TEST_F(S3Fault, ThatShowsAnotherPartOfAnObjectIsCorrupt) {
  put_by_another(kKey.name(), "0123456789");
  proxy_.fault("GET", kKey.name(), answers(206, "56", {"Content-Range: bytes 5-6/10"}));
  EXPECT_EQ(error_of([&] { static_cast<void>(store().get_range(kKey, 2, 2)); }).kind(),
            ErrorKind::corrupt);
  proxy_.fault("GET", kKey.name(), answers(200, "0123456789"));
  const auto part = store().get_range(kKey, 2, 3);
  ASSERT_TRUE(part);
  EXPECT_EQ(as_text(*part), "234");
}

TEST_F(S3Fault, ThatListsOutOfOrderOrForEverIsCorrupt) {
  const auto page = [](const std::string& inside) {
    return answers(200, "<ListBucketResult>" + inside + "</ListBucketResult>");
  };
  const auto entry = [&](const std::string& name) {
    return "<Contents><Key>" + settings_.location.prefix + name +
           "</Key><Size>1</Size><LastModified>2026-11-25T00:00:00Z</LastModified></Contents>";
  };
  const std::string more =
      "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>";
  const auto list = [&](const std::string& after) {
    return error_of([&] { store().list("", after, [](const ObjectInfo&) { return true; }); })
        .kind();
  };
  proxy_.fault("GET", "list-type",
               page(entry("b") + entry("a") + "<IsTruncated>false</IsTruncated>"));
  EXPECT_EQ(list(""), ErrorKind::corrupt);
  proxy_.fault("GET", "list-type", page(entry("b") + "<IsTruncated>false</IsTruncated>"));
  EXPECT_EQ(list("c"), ErrorKind::corrupt) << "start-after was passed over";
  proxy_.fault("GET", "list-type", page(entry("a") + more), 2);
  EXPECT_EQ(list(""), ErrorKind::corrupt) << "the same page again";
  proxy_.fault("GET", "list-type", page(more), 2);
  EXPECT_EQ(list(""), ErrorKind::corrupt) << "the same empty page again";
}

TEST_F(S3Fault, ApartOneCallIsOneRequest) {
  EXPECT_EQ(store().put(kKey, as_bytes("0123456789")), PutResult::created);
  static_cast<void>(store().get(kKey, 10));
  static_cast<void>(store().get_range(kKey, 2, 2));
  static_cast<void>(store().find(kKey));
  store().list("g1/", "", [](const ObjectInfo&) { return true; });
  store().remove(kKey);
  const std::string name = "/vaults/" + settings_.location.prefix + kKey.name();
  EXPECT_THAT(proxy_.requests(), ElementsAre("PUT " + name, "GET " + name, "GET " + name,
                                             "HEAD " + name, "GET /vaults/", "DELETE " + name));
}

}  // namespace
}  // namespace lifeboat::store
