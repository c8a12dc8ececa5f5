#ifndef LIFEBOAT_CONFIG_CONFIG_H_
#define LIFEBOAT_CONFIG_CONFIG_H_

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/environment.h"
#include "config/notify_section.h"
#include "config/tls_settings.h"

namespace lifeboat::config {

enum class SourceKind { postgres, redis, memcached, heroku, cloudflare };
[[nodiscard]] std::string_view name_of(SourceKind kind) noexcept;

/// What a Redis holds: a cache is rebuilt empty, never restored. A Memcached is always a cache.
enum class SourceRole { data, cache };
[[nodiscard]] std::string_view name_of(SourceRole role) noexcept;

/// What a snapshot does about a table that it may not read: name it and go on, or stop.
enum class OnUnreadable { report, refuse };
[[nodiscard]] std::string_view name_of(OnUnreadable choice) noexcept;

/// What a snapshot does when somebody else's lock and its own exclude each other: wait and try
/// again, leave the table out, or stop.
enum class OnLockWait { retry, skip, fail };
[[nodiscard]] std::string_view name_of(OnLockWait choice) noexcept;

/// How a snapshot reads a Redis: as a replica does, by commands, or as the server allows.
enum class CapturePath { automatic, replication, tracking };
[[nodiscard]] std::string_view name_of(CapturePath path) noexcept;

/// [vault]
struct VaultSection {
  std::string url;                                 ///< a path or an s3:// URL; empty = not given
  std::vector<std::string> copy;                   ///< further vaults that hold the same snapshots
  std::optional<std::chrono::seconds> max_behind;  ///< how far a copy may lag
  std::string prices;  ///< the price list, relative to the file's folder; empty = not given
  int line = 0;        ///< of `url` in the file, 0 = none
  int prices_line = 0;
};

/// A line of [source.NAME.assert]: a query of one value, which a restore must answer the same.
struct AssertionLine {
  std::string name;
  std::string sql;
  int line = 0;
};

/// [source.NAME.warm_up]: requests that fill a cache again after it was emptied.
struct WarmUpSection {
  std::vector<std::string> urls;  ///< https, or http on this machine; no passwords in them
  std::chrono::seconds timeout{10};
  int count = 1;  ///< how often each is asked
};

/// [source.NAME]. `url` and `token` are references (secret_reference.h), never resolved here.
struct SourceSection {
  std::string name;
  SourceKind kind = SourceKind::postgres;
  std::string url;
  std::optional<std::chrono::seconds> rpo;
  std::optional<std::chrono::seconds> rto;
  SourceRole role = SourceRole::data;
  CapturePath capture = CapturePath::automatic;
  TlsSettings tls;  ///< redis
  std::string app;
  std::string zone;
  std::string token;
  std::vector<std::string> accept;  ///< omissions that are known and wanted
  std::optional<int> jobs;          ///< connections; absent = the default
  OnUnreadable unreadable = OnUnreadable::report;
  OnLockWait on_lock_wait = OnLockWait::retry;
  std::vector<std::string> exclude_tables;      ///< patterns: neither definition nor rows
  std::vector<std::string> exclude_table_data;  ///< patterns: the definition alone
  std::vector<AssertionLine> assertions;        ///< in the file's order
  WarmUpSection warm_up = {};                   ///< of a cache
  std::string schedule = {};                    ///< a cron expression; empty = [snapshot]'s
  bool heartbeat = false;  ///< postgres: `drill tick` writes a row that tells how new a copy is
  int line = 0;
  int schedule_line = 0;
};

/// [snapshot]: when `lifeboat drill tick` takes snapshots.
struct SnapshotSection {
  std::string schedule = {};  ///< of every source that has none of its own; empty = none
  std::string tz = "UTC";     ///< of all schedules in this file
  int line = 0;
  int tz_line = 0;
};

/// [keep]: what a retention policy keeps. Nothing given = keep everything.
struct KeepSection {
  std::optional<std::chrono::seconds> within;
  std::optional<int> last;
  std::optional<int> hourly;
  std::optional<int> daily;
  std::optional<int> weekly;
  std::optional<int> monthly;
  std::optional<int> yearly;
  int line = 0;
};

/// What lifeboat.toml says: a plain value, no defaults from elsewhere, no secrets resolved.
struct Config {
  std::string file;  ///< as it was named, for messages; empty = there is no file
  VaultSection vault;
  std::vector<SourceSection> sources;  ///< in the file's order
  KeepSection keep;
  NotifySection notify;
  SnapshotSection snapshot = {};

  [[nodiscard]] const SourceSection* find_source(std::string_view name) const;
};

/// Parses a whole file. `file` is its name in messages. Throws Error(usage) that names file, line
/// and key on bad TOML, an unknown table or key (with the nearest known one as hint), a wrong type,
/// a bad duration, a missing key, and on a secret that stands in the file itself.
[[nodiscard]] Config parse_config(std::string_view text, std::string file);

/// --config, else LIFEBOAT_CONFIG, else `working_directory`/lifeboat.toml if that exists, else
/// nothing. A file that was named is returned whether or not it exists.
[[nodiscard]] std::optional<std::filesystem::path> find_config_file(
    const std::optional<std::string>& flag, const Environment& environment,
    const std::filesystem::path& working_directory);

/// Reads and parses. Throws Error(usage) if the file cannot be read.
[[nodiscard]] Config load_config(const std::filesystem::path& file);

}  // namespace lifeboat::config

#endif  // LIFEBOAT_CONFIG_CONFIG_H_
