#include "config/s3_access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace lifeboat::config {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Variables = std::map<std::string, std::string>;

S3Location parsed(std::string_view url, const Variables& variables = {}) {
  return parse_s3_url(url, Environment(variables));
}

Error refusal_of(std::string_view url) {
  try {
    static_cast<void>(parsed(url));
  } catch (const Error& error) {
    return error;
  }
  return {ErrorKind::internal, "no error"};
}

TEST(S3Url, NamesABucketOfAmazonByItsHost) {
  const S3Location location = parsed("s3://acme-dr/shop?region=eu-central-1");
  EXPECT_EQ(location.bucket, "acme-dr");
  EXPECT_EQ(location.prefix, "shop/");
  EXPECT_EQ(location.region, "eu-central-1");
  EXPECT_EQ(location.scheme, "https");
  EXPECT_EQ(location.endpoint, "s3.eu-central-1.amazonaws.com");
  EXPECT_EQ(location.style, BucketStyle::virtual_host);
  EXPECT_EQ(location.describe(), "s3://acme-dr/shop");
}

TEST(S3Url, MayNameAWholeBucketAndSlashesAtTheEndsDoNotMatter) {
  EXPECT_EQ(parsed("s3://bucket").prefix, "");
  EXPECT_EQ(parsed("s3://bucket").describe(), "s3://bucket");
  EXPECT_EQ(parsed("s3://bucket/").prefix, "");
  EXPECT_EQ(parsed("s3://bucket/a/b/").prefix, "a/b/");
}

TEST(S3Url, NamesABucketByItsPathAtAnotherEndpointAndIfItHasDots) {
  const S3Location location = parsed("s3://bucket/x?endpoint=https://store.example:9000/");
  EXPECT_EQ(location.endpoint, "store.example:9000");
  EXPECT_EQ(location.style, BucketStyle::path);
  EXPECT_EQ(parsed("s3://dot.ted/x").style, BucketStyle::path);
  EXPECT_EQ(parsed("s3://bucket?endpoint=https://r2.example&style=virtual").style,
            BucketStyle::virtual_host);
  EXPECT_EQ(parsed("s3://bucket?style=path").style, BucketStyle::path);
}

TEST(S3Url, SaysHowObjectsAreKept) {
  const S3Location location =
      parsed("s3://bucket/x?storage-class=STANDARD_IA&lock=governance&lock-days=30");
  EXPECT_EQ(location.storage_class, "STANDARD_IA");
  EXPECT_EQ(location.lock, LockMode::governance);
  EXPECT_EQ(location.lock_for, std::chrono::hours(720));
  EXPECT_EQ(parsed("s3://bucket?lock=compliance&lock-days=1").lock, LockMode::compliance);
  EXPECT_EQ(parsed("s3://bucket").lock, LockMode::none);
}

TEST(S3Url, ThatKeepsObjectsInNoSenseIsAUsageError) {
  EXPECT_THAT(refusal_of("s3://bucket?storage-class=standard").message(), HasSubstr("capital"));
  EXPECT_THAT(refusal_of("s3://bucket?storage-class=GLACIER").message(),
              HasSubstr("archive class"));
  EXPECT_THAT(refusal_of("s3://bucket?storage-class=DEEP_ARCHIVE").hint(), HasSubstr("GLACIER_IR"));
  EXPECT_THAT(refusal_of("s3://bucket?lock=governance").message(), HasSubstr("go together"));
  EXPECT_THAT(refusal_of("s3://bucket?lock-days=7").message(), HasSubstr("go together"));
  EXPECT_THAT(refusal_of("s3://bucket?lock=soft&lock-days=7").message(), HasSubstr("compliance"));
  for (const char* days : {"", "0", "-1", "7d", "36501", "99999999999"}) {
    EXPECT_THAT(refusal_of("s3://bucket?lock=governance&lock-days=" + std::string(days)).message(),
                HasSubstr("from 1 to 36500"))
        << days;
  }
}

TEST(S3Url, LeavesThePortOutThatGoesWithoutSaying) {
  EXPECT_EQ(parsed("s3://bucket?endpoint=https://a.example:443").endpoint, "a.example");
  EXPECT_EQ(parsed("s3://bucket?endpoint=http://a.example:80&insecure=true").endpoint, "a.example");
  EXPECT_EQ(parsed("s3://bucket?endpoint=https://a.example:80").endpoint, "a.example:80");
}

TEST(S3Url, TakesFromTheEnvironmentWhatItDoesNotSay) {
  const Variables variables{{"BUCKETEER_AWS_REGION", "us-west-2"},
                            {"AWS_ENDPOINT_URL", "https://all.example"}};
  EXPECT_EQ(parsed("s3://bucket", variables).region, "us-west-2");
  EXPECT_EQ(parsed("s3://bucket", variables).endpoint, "all.example");
  EXPECT_EQ(parsed("s3://bucket?region=auto", variables).region, "auto");
  EXPECT_EQ(parsed("s3://bucket?endpoint=https://one.example", variables).endpoint, "one.example");
  EXPECT_EQ(parsed("s3://bucket", {{"AWS_DEFAULT_REGION", "a"}, {"AWS_REGION", "b"}}).region, "b");
}

TEST(S3Url, SpeaksPlainHttpOnlyIfThatWasSaid) {
  const Error error = refusal_of("s3://bucket/x?endpoint=http://store.example");
  EXPECT_EQ(error.kind(), ErrorKind::usage);
  EXPECT_THAT(error.message(), HasSubstr("without TLS"));
  EXPECT_THAT(error.hint(), HasSubstr("insecure=true"));
  EXPECT_EQ(parsed("s3://bucket/x?endpoint=http://store.example&insecure=true").scheme, "http");
}

TEST(S3Url, OfAnotherFormIsAUsageErrorWithAHint) {
  for (const char* url :
       {"s3://", "s3:///shop", "s3://ab", "s3://bucket/a//b", "s3://bucket/a/../b",
        "s3://bucket/a b", "s3://bucket?regoin=x", "s3://bucket?region=", "s3://bucket?region=a/b",
        "s3://bucket?endpoint=store.example", "s3://bucket?endpoint=https://",
        "s3://bucket?endpoint=https://a.example/path", "s3://bucket?endpoint=https://u:p@a.example",
        "s3://bucket?insecure=yes", "s3://bucket?style=both", "s3://-bucket", "s3://buck..et"}) {
    const Error error = refusal_of(url);
    EXPECT_EQ(error.kind(), ErrorKind::usage) << url;
    EXPECT_FALSE(error.hint().empty()) << url;
  }
}

TEST(S3Url, HoldsNoCredential) {
  const Error error = refusal_of("s3://key:canary@bucket/x");
  EXPECT_EQ(error.kind(), ErrorKind::usage);
  EXPECT_THAT(error.message() + error.hint(), Not(HasSubstr("canary")));
  EXPECT_THAT(error.hint(), HasSubstr("AWS_SECRET_ACCESS_KEY"));
}

TEST(S3Credentials, ComeFromAmazonsNamesFirstThenFromTheAddOns) {
  Variables variables{{"BUCKETEER_AWS_ACCESS_KEY_ID", "B"},
                      {"BUCKETEER_AWS_SECRET_ACCESS_KEY", "bs"}};
  auto found = find_s3_credentials(Environment(variables));
  EXPECT_EQ(found.access_key + "/" + found.secret_key.reveal(), "B/bs");
  EXPECT_TRUE(found.session_token.empty());
  variables.insert({{"AWS_ACCESS_KEY_ID", "A"},
                    {"AWS_SECRET_ACCESS_KEY", "as"},
                    {"AWS_SESSION_TOKEN", "token"}});
  found = find_s3_credentials(Environment(variables));
  EXPECT_EQ(found.access_key + "/" + found.secret_key.reveal(), "A/as");
  EXPECT_EQ(found.session_token.reveal(), "token");
}

TEST(S3Credentials, ThatAreMissingOrHalfThereAreNamed) {
  try {
    static_cast<void>(find_s3_credentials(Environment()));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::denied);
    EXPECT_THAT(error.hint(), HasSubstr("AWS_ACCESS_KEY_ID"));
  }
  try {
    static_cast<void>(find_s3_credentials(Environment(Variables{{"AWS_ACCESS_KEY_ID", "A"}})));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_THAT(error.message(), HasSubstr("AWS_SECRET_ACCESS_KEY is not"));
  }
}

}  // namespace
}  // namespace lifeboat::config
