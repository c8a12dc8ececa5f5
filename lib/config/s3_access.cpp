#include "config/s3_access.h"

#include <array>
#include <charconv>

#include "base/error.h"

namespace lifeboat::config {
namespace {

constexpr std::string_view kScheme = "s3://";
constexpr std::string_view kForm =
    "write s3://BUCKET/PREFIX?region=REGION, with &endpoint=https://HOST for a store that is not "
    "Amazon's";
constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kDigits = "0123456789";

[[noreturn]] void refuse(const std::string& what, std::string_view hint = kForm) {
  throw Error(ErrorKind::usage, "the vault's URL: " + what, std::string(hint));
}

bool consists_of(std::string_view text, std::initializer_list<std::string_view> sets) {
  for (const char c : text) {
    bool found = false;
    for (const std::string_view set : sets) found |= set.find(c) != std::string_view::npos;
    if (!found) return false;
  }
  return true;
}

std::optional<std::string> first_of(const Environment& environment,
                                    std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (auto value = environment.find(name)) return value;
  }
  return std::nullopt;
}

/// Amazon's rules, and what older buckets elsewhere need.
std::string checked_bucket(std::string_view bucket) {
  const bool good = bucket.size() >= 3 && bucket.size() <= 63 &&
                    consists_of(bucket, {kLower, kUpper, kDigits, ".-_"}) &&
                    bucket.front() != '.' && bucket.front() != '-' &&
                    bucket.find("..") == std::string_view::npos;
  if (!good) refuse("its bucket's name is none");
  return std::string(bucket);
}

/// "/shop/" -> "shop/".
std::string checked_prefix(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  if (path.empty()) return "";
  const bool good = path.size() <= 256 && consists_of(path, {kLower, kUpper, kDigits, "._-/"}) &&
                    path.find("//") == std::string_view::npos;
  // A segment of dots would be taken for a way up by whatever stands between us and the store.
  const std::string framed = "/" + std::string(path) + "/";
  const bool dots =
      framed.find("/./") != std::string::npos || framed.find("/../") != std::string::npos;
  if (!good || dots) refuse("a prefix is of letters, digits, and . _ - between single slashes");
  return std::string(path) + "/";
}

struct Query {
  std::optional<std::string> region;
  std::optional<std::string> endpoint;
  std::optional<std::string> style;
  bool insecure = false;
  std::string storage_class;
  LockMode lock = LockMode::none;
  std::chrono::hours lock_for{0};
};

void take_storage_class(Query& query, std::string value) {
  if (value.empty() || !consists_of(value, {kUpper, kDigits, "-_"})) {
    refuse("a storage class is of capital letters", "write storage-class=STANDARD_IA");
  }
  if (value == "GLACIER" || value == "DEEP_ARCHIVE") {
    refuse("packs in an archive class cannot be read back when they are needed",
           "STANDARD_IA, ONEZONE_IA and GLACIER_IR can");
  }
  query.storage_class = std::move(value);
}

void take_lock_days(Query& query, std::string_view value) {
  constexpr int kMostDays = 36'500;
  int days = 0;
  const auto [at, failed] = std::from_chars(value.data(), value.data() + value.size(), days);
  if (failed != std::errc() || at != value.data() + value.size() || days < 1 || days > kMostDays) {
    refuse("lock-days is a number from 1 to 36500");
  }
  query.lock_for = std::chrono::hours(24 * days);
}

void take_lock(Query& query, std::string_view value) {
  if (value != "governance" && value != "compliance") refuse("lock is governance or compliance");
  query.lock = value == "compliance" ? LockMode::compliance : LockMode::governance;
}

void take_parameter(Query& query, std::string_view name, std::string value) {
  if (name == "region") {
    query.region = std::move(value);
  } else if (name == "endpoint") {
    query.endpoint = std::move(value);
  } else if (name == "style") {
    if (value != "path" && value != "virtual") refuse("style is path or virtual");
    query.style = std::move(value);
  } else if (name == "insecure") {
    if (value != "true" && value != "false") refuse("insecure is true or false");
    query.insecure = value == "true";
  } else if (name == "storage-class") {
    take_storage_class(query, std::move(value));
  } else if (name == "lock") {
    take_lock(query, value);
  } else if (name == "lock-days") {
    take_lock_days(query, value);
  } else {
    refuse(
        "it has a parameter that is not known, '" + std::string(name) + "'",
        "the parameters are region, endpoint, style, insecure, storage-class, lock and lock-days");
  }
}

Query parse_query(std::string_view text) {
  Query query;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (!pair.empty()) {
      const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
      take_parameter(query, pair.substr(0, equals), std::string(value));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return query;
}

void set_endpoint(S3Location& location, std::string_view url, bool insecure) {
  const bool secure = url.starts_with("https://");
  if (!secure && !url.starts_with("http://")) refuse("its endpoint begins with https://");
  if (!secure && !insecure) {
    refuse("its endpoint speaks plain http, without TLS",
           "use an https:// endpoint; &insecure=true allows plain http, whose hearers could read "
           "names and sizes of objects, though no data");
  }
  location.scheme = secure ? "https" : "http";
  std::string_view host = url.substr(url.find("://") + 3);
  while (host.ends_with('/')) host.remove_suffix(1);
  const std::string_view own_port = secure ? ":443" : ":80";
  if (host.ends_with(own_port)) host.remove_suffix(own_port.size());
  if (host.empty() || !consists_of(host, {kLower, kUpper, kDigits, ".-:[]"})) {
    refuse("its endpoint is a host, or host:port, and nothing behind that");
  }
  location.endpoint = host;
}

std::optional<S3Credentials> pair_of(const Environment& environment, const std::string& prefix,
                                     const char* token) {
  const std::string key = prefix + "ACCESS_KEY_ID";
  const std::string secret = prefix + "SECRET_ACCESS_KEY";
  if (!environment.has(key) && !environment.has(secret)) return std::nullopt;
  for (const auto& [set, missing] : {std::pair(key, secret), std::pair(secret, key)}) {
    if (!environment.has(missing)) {
      throw Error(ErrorKind::usage, set + " is set, but " + missing + " is not",
                  "set both, or neither");
    }
  }
  S3Credentials credentials{*environment.find(key), Secret(*environment.find(secret)), Secret()};
  if (token != nullptr) credentials.session_token = Secret(environment.find(token).value_or(""));
  return credentials;
}

}  // namespace

std::string S3Location::describe() const {
  std::string text = std::string(kScheme) + bucket;
  if (!prefix.empty()) text += "/" + prefix.substr(0, prefix.size() - 1);
  return text;
}

bool is_s3_url(std::string_view url) noexcept { return url.starts_with(kScheme); }

S3Location parse_s3_url(std::string_view url, const Environment& environment) {
  if (!is_s3_url(url)) refuse("it does not begin with s3://");
  std::string_view rest = url.substr(kScheme.size());
  const std::size_t question = std::min(rest.find('?'), rest.size());
  const std::string_view place = rest.substr(0, question);
  if (place.find('@') != std::string_view::npos) {
    refuse("credentials do not belong into it",
           "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY instead");
  }
  const Query query = parse_query(rest.substr(std::min(question + 1, rest.size())));
  if ((query.lock == LockMode::none) != (query.lock_for == std::chrono::hours(0))) {
    refuse("lock and lock-days go together", "write both, as in lock=governance&lock-days=30");
  }
  const std::size_t slash = std::min(place.find('/'), place.size());
  S3Location location;
  location.bucket = checked_bucket(place.substr(0, slash));
  location.prefix = checked_prefix(place.substr(slash));
  location.region = query.region.value_or(
      first_of(environment, {"AWS_REGION", "AWS_DEFAULT_REGION", "BUCKETEER_AWS_REGION"})
          .value_or("us-east-1"));
  if (location.region.empty() || !consists_of(location.region, {kLower, kUpper, kDigits, "-_"})) {
    refuse("its region is none");
  }
  const auto endpoint = query.endpoint
                            ? query.endpoint
                            : first_of(environment, {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"});
  set_endpoint(location, endpoint.value_or("https://s3." + location.region + ".amazonaws.com"),
               query.insecure);
  // A bucket with dots in its name does not fit the certificate of *.endpoint.
  const bool may_be_host = !endpoint && location.bucket.find('.') == std::string::npos;
  const bool virtual_host = query.style ? *query.style == "virtual" : may_be_host;
  location.storage_class = query.storage_class;
  location.lock = query.lock;
  location.lock_for = query.lock_for;
  location.style = virtual_host ? BucketStyle::virtual_host : BucketStyle::path;
  return location;
}

S3Credentials find_s3_credentials(const Environment& environment) {
  if (auto own = pair_of(environment, "AWS_", "AWS_SESSION_TOKEN")) return *own;
  if (auto bucketeer = pair_of(environment, "BUCKETEER_AWS_", nullptr)) return *bucketeer;
  throw Error(ErrorKind::denied, "no credential for the object store is set",
              "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
}

S3Credentials find_s3_copy_credentials(const Environment& environment) {
  auto own = pair_of(environment, "LIFEBOAT_COPY_AWS_", "LIFEBOAT_COPY_AWS_SESSION_TOKEN");
  return own ? std::move(*own) : find_s3_credentials(environment);
}

}  // namespace lifeboat::config
