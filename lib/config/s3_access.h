#ifndef LIFEBOAT_CONFIG_S3_ACCESS_H_
#define LIFEBOAT_CONFIG_S3_ACCESS_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "config/environment.h"

namespace lifeboat::config {

/// How a bucket is named in a request: https://endpoint/bucket or https://bucket.endpoint.
enum class BucketStyle { path, virtual_host };

/// Whether objects are put under a lock of the store's own, during which nobody deletes them
/// (compliance), or only who has a right of its own to (governance).
enum class LockMode { none, governance, compliance };

/// Where a bucket is, and which part of it (docs/object-stores.md). A value without secrets.
struct S3Location {
  std::string bucket;
  std::string prefix;              ///< "" or "shop/": stands before the name of every object
  std::string region;              ///< part of what is signed
  std::string scheme;              ///< "https", or "http" if insecure=true was said
  std::string endpoint;            ///< host, or host:port if the port is not the scheme's own
  std::string storage_class = {};  ///< of packs; empty = the bucket's own
  LockMode lock = LockMode::none;  ///< of what a restore needs
  std::chrono::hours lock_for{0};  ///< 0 without a lock
  BucketStyle style = BucketStyle::path;

  /// "s3://bucket/shop", for people.
  [[nodiscard]] std::string describe() const;
};

/// Who asks. The secrets have their type; the key's name is none.
struct S3Credentials {
  std::string access_key;
  Secret secret_key;
  Secret session_token;  ///< empty = none
};

[[nodiscard]] bool is_s3_url(std::string_view url) noexcept;

/// s3://BUCKET[/PREFIX][?region=R&endpoint=https://HOST[:PORT]&style=path|virtual&insecure=true
/// &storage-class=CLASS&lock=governance|compliance&lock-days=N].
/// What the URL leaves open comes from AWS_REGION, AWS_DEFAULT_REGION, BUCKETEER_AWS_REGION and
/// from AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL; else it is us-east-1 at Amazon. Throws Error(usage)
/// on anything else, and on a plain http endpoint without insecure=true.
[[nodiscard]] S3Location parse_s3_url(std::string_view url, const Environment& environment);

/// AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY with AWS_SESSION_TOKEN if there is one, else
/// BUCKETEER_AWS_ACCESS_KEY_ID and BUCKETEER_AWS_SECRET_ACCESS_KEY. Throws Error(denied) naming
/// them if neither pair is set, usage if half of a pair is.
[[nodiscard]] S3Credentials find_s3_credentials(const Environment& environment);

/// Of a vault's copy: LIFEBOAT_COPY_AWS_ACCESS_KEY_ID and so on if they are set, else as above.
[[nodiscard]] S3Credentials find_s3_copy_credentials(const Environment& environment);

}  // namespace lifeboat::config

#endif  // LIFEBOAT_CONFIG_S3_ACCESS_H_
