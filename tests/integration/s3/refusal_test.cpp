// What a real server refuses, and what is said of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "harness/postgres_server.h"  // free_port()
#include "harness/s3_fault_proxy.h"
#include "harness/s3_server.h"
#include "store/s3_store.h"

namespace lifeboat::store {
namespace {

using harness::shared_s3_server;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const SystemClock kClock;
const ObjectKey kKey("format");

Error error_of(S3Store& store) {
  try {
    static_cast<void>(store.get(kKey, 100));
  } catch (const Error& error) {
    EXPECT_THAT(error.message() + error.hint(), Not(HasSubstr("canary")));
    return error;
  }
  return {ErrorKind::internal, "no error"};
}

Error error_of(const S3Settings& settings, const Clock& clock = kClock) {
  S3Store store(settings, clock, {});
  return error_of(store);
}

TEST(S3Refusal, OfAWrongSecretKeyIsDeniedAndNamesTheVariable) {
  S3Settings settings = shared_s3_server().settings();
  settings.credentials.secret_key = Secret("not-the-canary");
  const Error error = error_of(settings);
  EXPECT_EQ(error.kind(), ErrorKind::denied);
  EXPECT_THAT(error.hint(), HasSubstr("AWS_SECRET_ACCESS_KEY"));
}

TEST(S3Refusal, IsExplainedAlsoWhereTheAnswerHasNoBody) {
  S3Settings settings = shared_s3_server().settings();
  settings.credentials.secret_key = Secret("not-the-canary");
  S3Store store(settings, kClock, {});
  try {
    static_cast<void>(store.find(kKey));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::denied);
    EXPECT_THAT(error.message(), HasSubstr("does not belong to the access key"));
  }
}

TEST(S3Refusal, OfAnUnknownAccessKeyIsDeniedAndNamesTheVariable) {
  S3Settings settings = shared_s3_server().settings();
  settings.credentials.access_key = "NOBODY";
  const Error error = error_of(settings);
  EXPECT_EQ(error.kind(), ErrorKind::denied);
  EXPECT_THAT(error.message(), HasSubstr("does not know the access key"));
}

TEST(S3Refusal, OfAnotherUsersBucketIsDenied) {
  S3Settings settings = shared_s3_server().settings();
  settings.credentials = harness::S3Server::guest();
  const Error error = error_of(settings);
  EXPECT_EQ(error.kind(), ErrorKind::denied);
  EXPECT_THAT(error.message(), HasSubstr("does not allow this"));
}

TEST(S3Refusal, OfABucketThatIsNotThereIsNotFound) {
  S3Settings settings = shared_s3_server().settings();
  settings.location.bucket = "not-there";
  const Error error = error_of(settings);
  EXPECT_EQ(error.kind(), ErrorKind::not_found);
  EXPECT_THAT(error.message(), HasSubstr("there is no bucket not-there"));
}

TEST(S3Refusal, ForAClockTwentyMinutesOffNamesTheClockInBothDirectionsWithAndWithoutABody) {
  for (const int minutes : {-20, 20}) {
    const FakeClock clock(kClock.now() + std::chrono::minutes(minutes));
    S3Store store(shared_s3_server().settings(), clock, {});
    const Error error = error_of(store);
    EXPECT_EQ(error.kind(), ErrorKind::refused);
    const char* direction = minutes < 0 ? " behind the store's" : " ahead of the store's";
    EXPECT_THAT(error.message(),
                AllOf(HasSubstr("this machine's clock is "), HasSubstr(direction)));
    try {
      static_cast<void>(store.find(kKey));
      FAIL() << "HEAD passed";
    } catch (const Error& of_head) {
      EXPECT_EQ(of_head.kind(), ErrorKind::refused);
      EXPECT_THAT(of_head.message(), HasSubstr(direction));
    }
  }
}

TEST(S3Refusal, WithAClockTenMinutesOffDoesNotHappen) {
  const FakeClock clock(kClock.now() + std::chrono::minutes(10));
  S3Store store(shared_s3_server().settings(), clock, {});
  EXPECT_FALSE(store.get(kKey, 100));
}

TEST(S3Refusal, OfABodyThatWasChangedOnItsWayIsSeenByTheStore) {
  harness::S3FaultProxy proxy(shared_s3_server().port());
  S3Settings settings = shared_s3_server().settings(proxy.port());
  S3Store store(settings, kClock, {});
  proxy.fault(
      "PUT", kKey.name(),
      [&](const harness::HttpRequest& request, harness::HttpPeer& peer,
          const harness::S3FaultProxy::Forward&) {
        std::string changed = request.body;
        changed[3] ^= 1;
        peer.send(harness::http_exchange(shared_s3_server().port(), request.head + changed, true));
      });
  EXPECT_EQ(store.put(kKey, as_bytes("0123456789")), PutResult::created);
  const auto stored = store.get(kKey, 100);
  ASSERT_TRUE(stored);
  EXPECT_EQ(as_text(*stored), "0123456789");
  EXPECT_EQ(proxy.requests().size(), 3U) << "one refused, one taken, one read";
}

TEST(S3Refusal, OfAConnectionNamesTheEndpoint) {
  S3Settings settings = shared_s3_server().settings(harness::free_port());
  const Error error = error_of(settings);
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_THAT(error.message(), HasSubstr(settings.location.endpoint));
}

TEST(S3Prefix, IsAWorldOfItsOwnInABucketWithOthers) {
  const S3Settings settings = shared_s3_server().settings();
  S3Store outer(settings, kClock, {});
  S3Settings inside = settings;
  inside.location.prefix += "b/";
  S3Store inner(inside, kClock, {});
  ASSERT_EQ(outer.put(ObjectKey("a"), as_bytes("1")), PutResult::created);
  ASSERT_EQ(inner.put(ObjectKey("x"), as_bytes("2")), PutResult::created);
  ASSERT_EQ(outer.put(ObjectKey("c"), as_bytes("3")), PutResult::created);
  std::vector<std::string> names;
  inner.list("", "", [&](const ObjectInfo& info) {
    names.push_back(info.key.name());
    return true;
  });
  EXPECT_EQ(names, std::vector<std::string>{"x"});
  EXPECT_TRUE(outer.find(ObjectKey("b/x")));
}

TEST(S3Protection, IsNotThereForWhoMayDeleteOrReplace) {
  S3Store store(shared_s3_server().settings(), kClock, {});
  EXPECT_FALSE(store.refuses_changes());
}

TEST(S3Protection, IsThereForWhoMayDoNeither) {
  // Ceph knows no policy on If-None-Match: the proxy is that policy, the keys are the owner's.
  harness::S3FaultProxy proxy(shared_s3_server().port());
  const auto deny = harness::answers(403, harness::s3_error("AccessDenied"));
  proxy.fault("DELETE", "probe/", deny, 2);
  proxy.fault(
      "PUT", "probe/",
      [deny](const harness::HttpRequest& request, harness::HttpPeer& peer,
             const harness::S3FaultProxy::Forward& forward) {
        if (request.headers.count("if-none-match") == 0) return deny(request, peer, forward);
        peer.send(forward());
      },
      4);
  S3Store store(shared_s3_server().settings(proxy.port()), kClock, {});
  EXPECT_TRUE(store.refuses_changes());
  EXPECT_TRUE(store.refuses_changes()) << "the second time the probe is there already";
}

}  // namespace
}  // namespace lifeboat::store
