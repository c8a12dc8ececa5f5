#ifndef LIFEBOAT_CONFIG_SETTINGS_H_
#define LIFEBOAT_CONFIG_SETTINGS_H_

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/environment.h"

namespace lifeboat::config {

/// A value and where it came from: "--vault", "LIFEBOAT_VAULT", "lifeboat.toml:2", "default".
template <typename T>
struct Setting {
  T value{};
  std::string origin = "default";
};

/// What the command line said of the settings that the environment and the file know too.
/// Absent or empty = not said.
struct Flags {
  std::optional<std::string> vault{};
  std::optional<std::string> postgres{};  ///< a reference
  std::optional<std::string> redis{};     ///< a reference
  TlsSettings redis_tls{};                ///< of the server that --redis names
  std::vector<std::string> sources{};
  std::optional<int> jobs{};
  std::optional<std::string> scratch{};  ///< "local" or a reference
  std::optional<std::string> scratch_dir{};
  std::vector<std::string> expected_heads{};
  std::optional<std::chrono::seconds> max_age{};
  std::optional<std::uint64_t> limit_rate{};
};

/// Something to capture.
struct SourceSetting {
  std::string name;
  SourceKind kind = SourceKind::postgres;
  Setting<std::string> url;  ///< a reference, not resolved
  Setting<int> jobs;
  SourceRole role = SourceRole::data;
  CapturePath capture = CapturePath::automatic;
  TlsSettings tls;    ///< redis
  std::string app;    ///< heroku
  std::string zone;   ///< cloudflare
  std::string token;  ///< a reference
  std::vector<std::string> accept;
  OnUnreadable unreadable = OnUnreadable::report;
  OnLockWait on_lock_wait = OnLockWait::retry;
  std::vector<std::string> exclude_tables;      ///< patterns: neither definition nor rows
  std::vector<std::string> exclude_table_data;  ///< patterns: the definition alone
  std::vector<AssertionLine> assertions;
  WarmUpSection warm_up;
  std::optional<std::chrono::seconds> rpo;
  std::optional<std::chrono::seconds> rto;
};

inline constexpr int kDefaultJobs = 2;

/// Everything resolved, flag > environment > file > default. A plain value without secrets.
struct Settings {
  Setting<std::string> vault;  ///< empty = none given
  Setting<std::vector<std::string>> copies;
  std::optional<std::chrono::seconds> max_behind;
  Setting<std::filesystem::path> prices;         ///< the price list; empty = none
  Setting<std::optional<std::string>> postgres;  ///< --postgres: a reference; never a default
  TlsSettings redis_tls;                         ///< of a target: --redis-tls and the like
  Setting<std::optional<std::string>> source;    ///< --source, if exactly one was named
  Setting<int> jobs;
  Setting<std::string> scratch;                 ///< "local" or a reference
  Setting<std::filesystem::path> scratch_dir;   ///< --scratch-dir, TMPDIR, /tmp
  std::vector<std::string> expected_heads;      ///< of the vault, as lifeboat prints them
  std::optional<std::chrono::seconds> max_age;  ///< of the newest snapshot
  std::optional<std::uint64_t> limit_rate;      ///< bytes a second, to and from the vault
  /// Where heads of vaults are remembered: LIFEBOAT_STATE, XDG_STATE_HOME/lifeboat,
  /// ~/.local/state/lifeboat; empty = nowhere (LIFEBOAT_STATE=none, or no home).
  Setting<std::filesystem::path> state_dir;
  Setting<KeepSection> keep;
};

/// Where precedence is decided, once for all tools.
[[nodiscard]] Settings resolve(const Flags& flags, const Environment& environment,
                               const Config& config);

/// What a snapshot captures: --postgres and --redis alone if given (one of them named by --source,
/// else "postgres", "redis", with the rest of the section of that name), else the sections that
/// --source names, else all sections, else DATABASE_URL as "postgres" and REDIS_URL as "redis".
/// Throws Error(usage), with a hint, if that is nothing, if --source names no section, or if what
/// was said of TLS contradicts itself.
[[nodiscard]] std::vector<SourceSetting> resolve_sources(const Flags& flags,
                                                         const Environment& environment,
                                                         const Config& config);

/// One line of --show-config.
struct SettingRow {
  std::string name;
  std::string value;  ///< masked; empty = not set
  std::string origin;
};

/// Everything that resolve() saw, secrets masked, credentials as "set" with their variable's name.
[[nodiscard]] std::vector<SettingRow> setting_rows(const Flags& flags,
                                                   const Environment& environment,
                                                   const Config& config);

}  // namespace lifeboat::config

#endif  // LIFEBOAT_CONFIG_SETTINGS_H_
