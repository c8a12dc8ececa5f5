#include "store/s3_placement.h"

#include <string_view>

#include "seal/md5.h"

namespace lifeboat::store {
namespace {

/// "pack" of "g12/pack/ab/…", and "" of what is in no generation's folder.
std::string_view folder_of(std::string_view name) {
  const std::size_t first = name.find('/');
  if (first == std::string_view::npos || first < 2 || name[0] != 'g' ||
      name.substr(1, first - 1).find_first_not_of("0123456789") != std::string_view::npos) {
    return {};
  }
  name.remove_prefix(first + 1);
  return name.substr(0, name.find('/'));
}

bool is_pack(std::string_view name) {
  const std::string_view folder = folder_of(name);
  return folder == "pack" || folder == "meta";
}

bool is_locked(std::string_view name) {
  const std::string_view folder = folder_of(name);
  return is_pack(name) || folder == "session" || folder == "index" || name == "format" ||
         name.starts_with("trust/");
}

}  // namespace

std::vector<http::Header> placement_headers(const config::S3Location& location,
                                            const ObjectKey& key, ByteView bytes, Instant now) {
  std::vector<http::Header> headers;
  if (!location.storage_class.empty() && is_pack(key.name())) {
    headers.push_back({"x-amz-storage-class", location.storage_class});
  }
  if (location.lock != config::LockMode::none && is_locked(key.name())) {
    const bool hard = location.lock == config::LockMode::compliance;
    headers.push_back({"x-amz-object-lock-mode", hard ? "COMPLIANCE" : "GOVERNANCE"});
    headers.push_back({"x-amz-object-lock-retain-until-date", to_rfc3339(now + location.lock_for)});
    headers.push_back({"Content-MD5", seal::md5_base64(bytes)});
  }
  return headers;
}

}  // namespace lifeboat::store
