#include "config/config.h"

#include "base/error.h"
#include "os/file.h"

namespace lifeboat::config {

namespace {
/// Far above any real configuration: a wrong path must not fill the memory.
constexpr std::uint64_t kMostBytes = 1ULL << 20U;
}  // namespace

std::string_view name_of(SourceKind kind) noexcept {
  switch (kind) {
    case SourceKind::postgres:
      return "postgres";
    case SourceKind::redis:
      return "redis";
    case SourceKind::memcached:
      return "memcached";
    case SourceKind::heroku:
      return "heroku";
    case SourceKind::cloudflare:
      return "cloudflare";
  }
  return "postgres";
}

std::string_view name_of(SourceRole role) noexcept {
  return role == SourceRole::data ? "data" : "cache";
}

std::string_view name_of(CapturePath path) noexcept {
  switch (path) {
    case CapturePath::replication:
      return "replication";
    case CapturePath::tracking:
      return "tracking";
    case CapturePath::automatic:
      break;
  }
  return "auto";
}

std::string_view name_of(OnUnreadable choice) noexcept {
  return choice == OnUnreadable::report ? "report" : "refuse";
}

std::string_view name_of(OnLockWait choice) noexcept {
  switch (choice) {
    case OnLockWait::skip:
      return "skip";
    case OnLockWait::fail:
      return "fail";
    case OnLockWait::retry:
      break;
  }
  return "retry";
}

const SourceSection* Config::find_source(std::string_view name) const {
  for (const SourceSection& source : sources) {
    if (source.name == name) return &source;
  }
  return nullptr;
}

std::optional<std::filesystem::path> find_config_file(
    const std::optional<std::string>& flag, const Environment& environment,
    const std::filesystem::path& working_directory) {
  if (flag) return std::filesystem::path(*flag);
  if (const auto named = environment.find("LIFEBOAT_CONFIG")) return std::filesystem::path(*named);
  std::error_code ignored;  // a directory that we may not look into holds no configuration for us
  if (std::filesystem::exists(working_directory / "lifeboat.toml", ignored)) {
    return std::filesystem::path("lifeboat.toml");
  }
  return std::nullopt;
}

Config load_config(const std::filesystem::path& file) {
  try {
    const Bytes bytes = os::read_file(file, kMostBytes);
    return parse_config(as_text(bytes), file.string());
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::usage) throw;
    throw Error(ErrorKind::usage, "read the configuration: " + error.message(),
                "name another with --config or LIFEBOAT_CONFIG");
  }
}

}  // namespace lifeboat::config
