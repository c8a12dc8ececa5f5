#include "store/s3_signature.h"

#include <algorithm>
#include <map>

#include "seal/hmac.h"
#include "seal/secret_key.h"
#include "seal/sha256.h"

namespace lifeboat::store {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

std::string in_lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

/// "20130524T000000Z".
std::string basic_time(Instant now) {
  std::string text;
  for (const char c : to_rfc3339(now).substr(0, 19)) {
    if (c != '-' && c != ':') text += c;
  }
  return text + "Z";
}

std::string canonical_query(const S3Request& request) {
  std::vector<std::pair<std::string, std::string>> encoded;
  for (const auto& [name, value] : request.query) {
    encoded.emplace_back(http::percent_encode(name, http::Slashes::encode),
                         http::percent_encode(value, http::Slashes::encode));
  }
  std::sort(encoded.begin(), encoded.end());
  std::string text;
  for (const auto& [name, value] : encoded) {
    text += (text.empty() ? "" : "&") + name + "=" + value;
  }
  return text;
}

ByteArray<32> signing_key(const Secret& secret, std::string_view date, std::string_view region) {
  std::string start = "AWS4" + secret.reveal();
  ByteArray<32> key = seal::hmac_sha256(as_bytes(start), as_bytes(date));
  seal::wipe({reinterpret_cast<std::uint8_t*>(start.data()), start.size()});
  for (const std::string_view part :
       {region, std::string_view("s3"), std::string_view("aws4_request")}) {
    key = seal::hmac_sha256(key, as_bytes(part));
  }
  return key;
}

}  // namespace

std::string s3_target(const S3Request& request) {
  const std::string query = canonical_query(request);
  return http::percent_encode(request.path, http::Slashes::keep) + (query.empty() ? "" : "?") +
         query;
}

std::vector<http::Header> sign_s3(const S3Request& request,
                                  const config::S3Credentials& credentials, std::string_view region,
                                  Instant now) {
  const std::string time = basic_time(now);
  const std::string date = time.substr(0, 8);
  const std::string body_hash = to_hex(seal::sha256(request.body));
  std::vector<http::Header> headers = request.headers;
  headers.push_back({"x-amz-content-sha256", body_hash});
  headers.push_back({"x-amz-date", time});
  if (!credentials.session_token.empty()) {
    headers.push_back({"x-amz-security-token", credentials.session_token.reveal()});
  }
  std::map<std::string, std::string> sorted{{"host", request.host}};
  for (const http::Header& header : headers) sorted[in_lower_case(header.name)] = header.value;
  std::string canonical_headers;
  std::string names;
  for (const auto& [name, value] : sorted) {
    canonical_headers.append(name).append(":").append(value).append("\n");
    names.append(names.empty() ? "" : ";").append(name);
  }
  const std::string canonical = std::string(http::name_of(request.method)) + "\n" +
                                http::percent_encode(request.path, http::Slashes::keep) + "\n" +
                                canonical_query(request) + "\n" + canonical_headers + "\n" + names +
                                "\n" + body_hash;
  const std::string scope = date + "/" + std::string(region) + "/s3/aws4_request";
  const std::string to_sign = std::string(kAlgorithm) + "\n" + time + "\n" + scope + "\n" +
                              to_hex(seal::sha256(as_bytes(canonical)));
  ByteArray<32> key = signing_key(credentials.secret_key, date, region);
  const std::string signature = to_hex(seal::hmac_sha256(key, as_bytes(to_sign)));
  seal::wipe(key);
  headers.push_back({"authorization", std::string(kAlgorithm) +
                                          " Credential=" + credentials.access_key + "/" + scope +
                                          ",SignedHeaders=" + names + ",Signature=" + signature});
  return headers;
}

}  // namespace lifeboat::store
