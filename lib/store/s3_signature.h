#ifndef LIFEBOAT_STORE_S3_SIGNATURE_H_
#define LIFEBOAT_STORE_S3_SIGNATURE_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "config/s3_access.h"
#include "http/message.h"

namespace lifeboat::store {

/// What is signed of a request. A value.
struct S3Request {
  http::Method method = http::Method::get;
  std::string host;  ///< with the port unless it is the scheme's own
  std::string path;  ///< not encoded: "/bucket/shop/format"
  std::vector<std::pair<std::string, std::string>> query;  ///< not encoded, in any order
  std::vector<http::Header> headers;
  ByteView body;
};

/// Path and query as they must be sent: encoded once, the query sorted.
[[nodiscard]] std::string s3_target(const S3Request& request);

/// The headers of a request with those of AWS Signature Version 4 added: x-amz-date,
/// x-amz-content-sha256 (always the real hash of the body, so that it is checked on arrival),
/// x-amz-security-token if there is a session, authorization. Pure: AWS General Reference,
/// "Signature Version 4"; tests/unit/store/s3_signature_test.cpp holds AWS's published examples.
/// Host is signed, but left to the client to send.
[[nodiscard]] std::vector<http::Header> sign_s3(const S3Request& request,
                                                const config::S3Credentials& credentials,
                                                std::string_view region, Instant now);

}  // namespace lifeboat::store

#endif  // LIFEBOAT_STORE_S3_SIGNATURE_H_
