#include "store/s3_client.h"

#include "base/units.h"
#include "store/s3_signature.h"
#include "store/s3_xml.h"

namespace lifeboat::store {
namespace {

using std::chrono::milliseconds;

// Amazon accepts a signature for so long.
constexpr std::chrono::minutes kSignatureLife{15};

bool is_transient(int status, const S3Failure& failure) {
  if (status == 501 || status == 505) return false;
  if (status >= 500 || status == 408 || status == 409 || status == 429) return true;
  // 400: the bytes did not come as they were signed, or not in time.
  return status == 400 &&
         (failure.code == "RequestTimeout" || failure.code == "IncompleteBody" ||
          failure.code == "BadDigest" || failure.code == "XAmzContentSHA256Mismatch");
}

bool is_answer(int status, const S3Failure& failure) {
  if (status == 404) return failure.code != "NoSuchBucket";
  return (status >= 200 && status < 300) || status == 412 || status == 416 || status == 501;
}

std::string shown(int status, const S3Failure& failure) {
  return std::to_string(status) + (failure.code.empty() ? "" : " " + failure.code);
}

/// The clocks are so far apart that no signature can pass, or nothing. An answer to HEAD has no
/// body, so its Date has to do.
std::optional<Error> skew_error(const http::Response& response, const S3Failure& failure,
                                Instant now) {
  const Instant theirs =
      http::parse_http_date(response.header("Date").value_or("")).value_or(Instant());
  const bool told = theirs != Instant();
  const auto apart = std::chrono::abs(theirs - now);
  const bool far = told && apart >= kSignatureLife;
  if (failure.code != "RequestTimeTooSkewed" && !(failure.code.empty() && far)) return std::nullopt;
  const std::string direction = theirs > now ? " behind" : " ahead of";
  const std::string what = "this machine's clock is " +
                           (told ? human_duration(apart) + direction : "too far from") +
                           " the store's";
  return Error(ErrorKind::refused, what,
               "set this machine's clock: the store takes no request that is signed for another "
               "time, and snapshots would bear wrong times");
}

Error denied_error(const S3Failure& failure) {
  if (failure.code == "InvalidAccessKeyId") {
    return {ErrorKind::denied, "the store does not know the access key",
            "check AWS_ACCESS_KEY_ID, and that the endpoint is that of the bucket"};
  }
  if (failure.code == "SignatureDoesNotMatch") {
    return {ErrorKind::denied, "the secret key does not belong to the access key",
            "check AWS_SECRET_ACCESS_KEY and AWS_ACCESS_KEY_ID"};
  }
  if (failure.code == "ExpiredToken" || failure.code == "InvalidToken") {
    return {ErrorKind::denied, "the session of the credential is over",
            "get new AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN"};
  }
  return {
      ErrorKind::denied,
      "the store does not allow this" +
          (failure.code.empty() ? std::string() : " (" + failure.code + ")"),
      "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and what the bucket's policy allows them"};
}

Error elsewhere_error(const config::S3Location& location, const http::Response& response,
                      const S3Failure& failure) {
  std::string region = failure.region;
  if (region.empty()) region = s3_word(response.header("x-amz-bucket-region").value_or(""));
  return {ErrorKind::usage,
          "the bucket " + location.bucket + " is not in region " + location.region +
              (region.empty() ? "" : ", but in " + region),
          "write the bucket's region and endpoint into the vault's URL: ?region=" +
              (region.empty() ? "REGION" : region)};
}

Error error_of(const config::S3Location& location, const http::Response& response,
               const S3Failure& failure, Instant now) {
  const int status = response.status;
  if (status == 401 || status == 403 || failure.code == "ExpiredToken" ||
      failure.code == "InvalidToken") {
    if (auto skew = skew_error(response, failure, now)) return *skew;
    return denied_error(failure);
  }
  if (status == 404) {
    return {ErrorKind::not_found, "there is no bucket " + location.bucket,
            "create it first, or check the vault's URL"};
  }
  if ((status >= 300 && status < 400) || failure.code == "AuthorizationHeaderMalformed") {
    return elsewhere_error(location, response, failure);
  }
  return {ErrorKind::internal, "the store answers " + shown(status, failure)};
}

}  // namespace

S3Client::S3Client(S3Settings settings, const Clock& clock, std::stop_token stop)
    : settings_(std::move(settings)),
      clock_(clock),
      stop_(std::move(stop)),
      http_(settings_.http),
      retries_(settings_.retry) {}

http::Response S3Client::send_once(const S3Call& call) {
  const config::S3Location& location = settings_.location;
  const bool in_host = location.style == config::BucketStyle::virtual_host;
  S3Request request;
  request.method = call.method;
  request.host = in_host ? location.bucket + "." + location.endpoint : location.endpoint;
  request.path = in_host ? "/" : "/" + location.bucket + "/";
  if (!call.object.empty()) request.path += location.prefix + call.object;
  request.query = call.query;
  request.headers = call.headers;
  request.body = call.body;
  http::Request sent;
  sent.method = call.method;
  sent.url = location.scheme + "://" + request.host + s3_target(request);
  // Signed anew for every try: a signature lives for minutes only.
  sent.headers = sign_s3(request, settings_.credentials, location.region, clock_.now());
  sent.body = call.body;
  sent.most_body_bytes = call.most_body_bytes;
  return http_.send(sent, stop_);
}

Error S3Client::final_error(const S3Call& call, const http::Response& response) {
  const Error error =
      error_of(settings_.location, response, parse_s3_failure(response.body), clock_.now());
  if (call.method != http::Method::head) return error;
  S3Call spoken = call;
  spoken.method = http::Method::get;
  spoken.headers.push_back({"Range", "bytes=0-0"});
  try {
    const http::Response told = send_once(spoken);
    const S3Failure failure = parse_s3_failure(told.body);
    if (told.status != response.status || failure.code.empty()) return error;
    return error_of(settings_.location, told, failure, clock_.now());
  } catch (const Error&) {
    return error;
  }
}

S3Answer S3Client::send(const S3Call& call) {
  for (int tries = 1;; ++tries) {
    std::optional<Error> failed;
    std::optional<milliseconds> wish;
    try {
      http::Response response = send_once(call);
      S3Failure failure;
      if (response.status >= 300) failure = parse_s3_failure(response.body);
      if (is_answer(response.status, failure)) {
        retries_.succeeded();
        const bool repeated = tries > 1 || response.sent_again;
        return {std::move(response), repeated};
      }
      if (!is_transient(response.status, failure)) {
        throw final_error(call, response);
      }
      failed.emplace(ErrorKind::unavailable,
                     "the store answers " + shown(response.status, failure));
      wish = http::retry_after(response, clock_.now());
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::unavailable) throw;
      failed = error;
    }
    const auto delay = retries_.next_delay(tries, wish);
    if (!delay) {
      if (tries > 1) failed->add_context("after " + std::to_string(tries) + " tries");
      failed->add_hint("check the network and the endpoint in the vault's URL, and try again");
      throw *failed;
    }
    if (settings_.on_retry) settings_.on_retry(*failed, *delay);
    settings_.wait(*delay, stop_);
    if (stop_.stop_requested()) throw Error(ErrorKind::cancelled, "stopped between two tries");
  }
}

}  // namespace lifeboat::store
