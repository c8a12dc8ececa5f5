#include "store/s3_signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lifeboat::store {
namespace {

using ::testing::HasSubstr;

// Amazon S3 API Reference, "Signature Calculations for the Authorization Header: Transferring
// Payload in a Single Chunk": four requests with these keys at this time, and their signatures.
const config::S3Credentials kExampleKeys{
    "AKIAIOSFODNN7EXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), Secret()};
const Instant kExampleTime = *parse_instant("2013-05-24T00:00:00Z");

S3Request example(http::Method method, std::string path) {
  S3Request request;
  request.method = method;
  request.host = "examplebucket.s3.amazonaws.com";
  request.path = std::move(path);
  return request;
}

std::string header_of(const std::vector<http::Header>& headers, std::string_view name) {
  for (const http::Header& header : headers) {
    if (header.name == name) return header.value;
  }
  return "";
}

std::string authorization_of(const S3Request& request) {
  return header_of(sign_s3(request, kExampleKeys, "us-east-1", kExampleTime), "authorization");
}

TEST(S3Signature, OfAGetWithARangeIsAmazons) {
  S3Request request = example(http::Method::get, "/test.txt");
  request.headers = {{"Range", "bytes=0-9"}};
  EXPECT_EQ(authorization_of(request),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(S3Signature, OfAPutWithABodyAndACharacterToEncodeIsAmazons) {
  S3Request request = example(http::Method::put, "/test$file.text");
  request.headers = {{"Date", "Fri, 24 May 2013 00:00:00 GMT"},
                     {"x-amz-storage-class", "REDUCED_REDUNDANCY"}};
  request.body = as_bytes("Welcome to Amazon S3.");
  EXPECT_EQ(s3_target(request), "/test%24file.text");
  EXPECT_THAT(
      authorization_of(request),
      HasSubstr("SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;"
                "x-amz-storage-class,Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd7"
                "7a1b5971af0ece108bd"));
}

TEST(S3Signature, OfAQueryWithoutAValueIsAmazons) {
  S3Request request = example(http::Method::get, "/");
  request.query = {{"lifecycle", ""}};
  EXPECT_EQ(s3_target(request), "/?lifecycle=");
  EXPECT_THAT(authorization_of(request),
              HasSubstr("fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"));
}

TEST(S3Signature, OfAListIsAmazonsInWhateverOrderItsQueryCame) {
  S3Request request = example(http::Method::get, "/");
  request.query = {{"prefix", "J"}, {"max-keys", "2"}};
  EXPECT_EQ(s3_target(request), "/?max-keys=2&prefix=J");
  EXPECT_THAT(authorization_of(request),
              HasSubstr("34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"));
}

TEST(S3Signature, CoversTheTokenOfASession) {
  config::S3Credentials credentials = kExampleKeys;
  credentials.session_token = Secret("the/token");
  const auto headers = sign_s3(example(http::Method::get, "/x"), credentials, "auto", kExampleTime);
  EXPECT_EQ(header_of(headers, "x-amz-security-token"), "the/token");
  EXPECT_THAT(
      header_of(headers, "authorization"),
      HasSubstr("SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,"));
}

TEST(S3Signature, ChangesWithEverythingThatIsSigned) {
  const S3Request plain = example(http::Method::get, "/x");
  const std::string signature = authorization_of(plain);
  S3Request other = plain;
  other.method = http::Method::remove;
  EXPECT_NE(authorization_of(other), signature);
  other = plain;
  other.host = "examplebucket.s3.amazonaws.com:444";
  EXPECT_NE(authorization_of(other), signature);
  other = plain;
  other.body = as_bytes("1");
  EXPECT_NE(authorization_of(other), signature);
  EXPECT_NE(header_of(sign_s3(plain, kExampleKeys, "us-east-2", kExampleTime), "authorization"),
            signature);
}

}  // namespace
}  // namespace lifeboat::store
