#ifndef LIFEBOAT_CLI_SESSION_H_
#define LIFEBOAT_CLI_SESSION_H_

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/observer.h"
#include "base/secret.h"
#include "cli/json.h"
#include "cli/option_groups.h"
#include "cli/paint.h"
#include "config/config.h"
#include "config/credential.h"
#include "config/settings.h"

namespace lifeboat::cli {

/// What a command's run() is given: the world outside, and the way to speak to it. Lives in
/// run_tool(). observer(), stop(), warn() and log() may be used from any thread, the rest from the
/// thread of run() alone.
class Session {
 public:
  struct Parts;  // put together by run_tool() (session_parts.h)
  explicit Session(Parts parts);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] Observer& observer() noexcept;
  /// Requested by SIGINT, SIGTERM and SIGHUP. A job that stops for it throws Error(cancelled).
  [[nodiscard]] std::stop_token stop() const noexcept;
  [[nodiscard]] const Clock& clock() const noexcept;
  [[nodiscard]] const config::Environment& environment() const noexcept;

  /// The configuration file in use, if any, whether or not it could be read.
  [[nodiscard]] const std::optional<std::filesystem::path>& config_file() const noexcept;
  /// Read and parsed; without a file an empty one. Throws Error(usage) as load_config() does.
  [[nodiscard]] const config::Config& config();
  /// After precedence. Throws as config() and config::resolve() do.
  [[nodiscard]] const config::Settings& settings();
  /// What to capture, after precedence: config::resolve_sources().
  [[nodiscard]] std::vector<config::SourceSetting> sources();
  /// What --show-config prints, secrets masked.
  [[nodiscard]] std::vector<config::SettingRow> setting_rows();
  /// The vault's path or URL. Throws Error(usage) with a hint if none is given.
  [[nodiscard]] std::string vault_url();

  /// Resolves env:, file:, cmd: or a literal, and masks it on stderr from now on. Warns if
  /// `reference` is a URL with its password in it. Throws as config::resolve_secret() does.
  [[nodiscard]] Secret secret(std::string_view reference);
  /// The credential of a role from the environment, masked on stderr from now on.
  [[nodiscard]] std::optional<config::Credential> credential(config::Role role);
  /// The same; throws Error(denied) that names the variable if there is none.
  [[nodiscard]] Secret require_credential(config::Role role);
  /// Masks a secret that came from elsewhere (a key that was just minted).
  void mask(const Secret& secret);

  /// Says something that the operator must see although the work goes on.
  void warn(std::string_view message);

  /// Says something for the log.
  void log(LogLevel level, std::string_view message);

  /// Writes the result to stdout: `text` (a line end is added if it has none), or with --json the
  /// document with "format": 1 in front. Call once, last: a second call is an Error(internal).
  /// Throws Error(internal) if stdout is closed or full.
  void print(std::string_view text, const Json& document);

  /// Whether --json was given.
  [[nodiscard]] bool json() const noexcept;
  /// For text that goes to print().
  [[nodiscard]] const Paint& paint() const noexcept;

 private:
  std::unique_ptr<Parts> parts_;
};

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_SESSION_H_
