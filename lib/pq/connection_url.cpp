#include <algorithm>
#include <charconv>

#include "pq/connection_state.h"

namespace lifeboat::pq {
namespace {

// Without a password in the example: it would be masked, and look like the one that was given.
constexpr const char* kUrlHint =
    "a Postgres URL looks like postgres://USER@HOST:5432/DATABASE; a password follows USER after "
    "a colon, and a / or @ in it is written %2F or %40";

bool is_postgres_scheme(const std::string& text) {
  const std::size_t end = text.find("://");
  if (end == std::string::npos) return text.find('=') != std::string::npos;  // host=... dbname=...
  const std::string scheme = text.substr(0, end);
  // A conninfo string may hold "://" in a value.
  if (scheme.find('=') != std::string::npos) return true;
  return scheme == "postgres" || scheme == "postgresql";
}

/// Not left to libpq: it would quote the port, and what stands in its place may be the beginning of
/// a password with a slash in it. Several hosts may have several ports.
bool is_port_list(std::string_view text) {
  while (true) {
    const std::string_view port = text.substr(0, text.find(','));
    unsigned number = 0;
    const auto [end, failure] = std::from_chars(port.data(), port.data() + port.size(), number);
    const bool whole = failure == std::errc() && end == port.data() + port.size();
    if (!port.empty() && (!whole || number < 1 || number > 65535)) return false;
    if (port.size() == text.size()) return true;
    text.remove_prefix(port.size() + 1);
  }
}

void set_default(ConnectionOptions& options, const char* keyword, const char* value,
                 const char* environment_name) {
  if (options.find(keyword) != nullptr) return;
  options.keywords.emplace_back(keyword);
  options.values.emplace_back(value);
  options.environment_names.emplace_back(environment_name);
}

}  // namespace

const std::string* ConnectionOptions::find(std::string_view keyword) const {
  const auto found = std::find(keywords.begin(), keywords.end(), keyword);
  if (found == keywords.end()) return nullptr;
  return &values[static_cast<std::size_t>(found - keywords.begin())];
}

ConnectionOptions parse_url(const Secret& url) {
  if (url.empty()) throw Error(ErrorKind::usage, "the Postgres URL is empty", kUrlHint);
  if (!is_postgres_scheme(url.reveal())) {
    throw Error(ErrorKind::usage, "not a Postgres URL: its scheme is unknown", kUrlHint);
  }
  // libpq's own message may quote a part of the URL, and that part may be the password.
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, Deleter<PQconninfoFree>> parsed(
      PQconninfoParse(url.reveal().c_str(), &message));
  const std::unique_ptr<char, Deleter<PQfreemem>> dropped(message);
  if (!parsed) throw Error(ErrorKind::usage, "the Postgres URL cannot be parsed", kUrlHint);

  ConnectionOptions options;
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr || *option->val == '\0') continue;
    options.keywords.emplace_back(option->keyword);
    options.values.emplace_back(option->val);
    options.environment_names.emplace_back(option->envvar == nullptr ? "" : option->envvar);
  }
  if (const std::string* port = options.find("port"); port != nullptr && !is_port_list(*port)) {
    throw Error(ErrorKind::usage, "the port in the Postgres URL is no number from 1 to 65535",
                kUrlHint);
  }
  set_default(options, "application_name", "lifeboat", "PGAPPNAME");
  set_default(options, "connect_timeout", "10", "PGCONNECT_TIMEOUT");
  set_default(options, "keepalives", "1", "");
  set_default(options, "keepalives_idle", "60", "");
  set_default(options, "keepalives_interval", "10", "");
  set_default(options, "keepalives_count", "6", "");
  return options;
}

std::map<std::string, std::string> environment_of(const Secret& url) {
  const ConnectionOptions options = parse_url(url);
  std::map<std::string, std::string> environment;
  for (std::size_t i = 0; i < options.keywords.size(); ++i) {
    if (!options.environment_names[i].empty()) {
      environment[options.environment_names[i]] = options.values[i];
    }
  }
  return environment;
}

std::string masked(const Secret& url) {
  const ConnectionOptions options = parse_url(url);
  const auto part = [&](const char* keyword, const char* before) {
    const std::string* value = options.find(keyword);
    return value == nullptr ? std::string() : before + *value;
  };
  const std::string user = part("user", "");
  const std::string* host = options.find("host");
  const bool socket = host != nullptr && host->starts_with('/');
  std::string text = "postgres://" + (user.empty() ? "" : user + "@");
  if (!socket) text += part("host", "") + part("port", ":");
  text += part("dbname", "/");
  if (socket)
    text += (options.find("dbname") ? "?host=" : "/?host=") + *host + part("port", "&port=");
  return text;
}

}  // namespace lifeboat::pq
