#include "cli/session.h"

#include <utility>

#include "base/error.h"
#include "cli/session_parts.h"
#include "config/secret_reference.h"

namespace lifeboat::cli {
namespace {

std::string json_text(const Json& document) {
  Json whole{{"format", 1}};
  whole.update(document);
  // A name in the database that is not UTF-8 must not cost the operator the whole result.
  return whole.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

Session::Session(Parts parts) : parts_(std::make_unique<Parts>(std::move(parts))) {}
Session::~Session() = default;

Observer& Session::observer() noexcept { return parts_->observer; }
std::stop_token Session::stop() const noexcept { return parts_->stop; }
const Clock& Session::clock() const noexcept { return parts_->clock; }
const config::Environment& Session::environment() const noexcept { return parts_->environment; }
bool Session::json() const noexcept { return parts_->json; }
const Paint& Session::paint() const noexcept { return parts_->paint; }

const std::optional<std::filesystem::path>& Session::config_file() const noexcept {
  return parts_->config_file;
}

const config::Config& Session::config() {
  if (!parts_->config) {
    parts_->config =
        parts_->config_file ? config::load_config(*parts_->config_file) : config::Config();
  }
  return *parts_->config;
}

const config::Settings& Session::settings() {
  if (!parts_->settings) {
    parts_->settings = config::resolve(parts_->flags, parts_->environment, config());
  }
  return *parts_->settings;
}

std::vector<config::SourceSetting> Session::sources() {
  return config::resolve_sources(parts_->flags, parts_->environment, config());
}

std::vector<config::SettingRow> Session::setting_rows() {
  return config::setting_rows(parts_->flags, parts_->environment, config());
}

std::string Session::vault_url() {
  const std::string& url = settings().vault.value;
  if (!url.empty()) return url;
  throw Error(ErrorKind::usage, "no vault was named",
              "give --vault URL, set LIFEBOAT_VAULT, or write url under [vault] in lifeboat.toml");
}

Secret Session::secret(std::string_view reference) {
  if (config::holds_password(reference)) {
    mask(Secret(std::string(reference)));
    warn(
        "a password on the command line can be read by every user of this machine (ps); "
        "name it instead: env:NAME, file:PATH");
  }
  Secret secret = config::resolve_secret(reference, parts_->environment, parts_->stop);
  mask(secret);
  return secret;
}

std::optional<config::Credential> Session::credential(config::Role role) {
  auto credential = config::find_credential(parts_->environment, role);
  if (credential) mask(credential->secret);
  return credential;
}

Secret Session::require_credential(config::Role role) {
  if (auto found = credential(role)) return std::move(found->secret);
  const std::string variable = config::variable_of(role);
  throw Error(ErrorKind::denied,
              "this needs the " + std::string(config::name_of(role)) + " credential",
              "set " + variable + ", or " + variable + "_FILE to the path of its .key file");
}

void Session::mask(const Secret& secret) { parts_->redactor.remember(secret); }

void Session::warn(std::string_view message) { parts_->log.write(LogLevel::warn, message); }

void Session::log(LogLevel level, std::string_view message) { parts_->log.write(level, message); }

void Session::print(std::string_view text, const Json& document) {
  if (std::exchange(parts_->printed, true)) {
    throw Error(ErrorKind::internal, "the result was printed twice");
  }
  std::string result = parts_->json ? json_text(document) : std::string(text);
  if (!result.empty() && !result.ends_with('\n')) result += '\n';
  parts_->write_result(result);
}

}  // namespace lifeboat::cli
