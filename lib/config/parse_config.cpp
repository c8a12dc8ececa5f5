#include <algorithm>
#include <array>

#include "config/config.h"
#include "config/parse_notify.h"
#include "config/plain_http.h"
#include "config/secret_reference.h"
#include "config/source_name.h"
#include "config/table_reader.h"

namespace lifeboat::config {
namespace {

constexpr std::array<SourceKind, 5> kKinds = {SourceKind::postgres, SourceKind::redis,
                                              SourceKind::memcached, SourceKind::heroku,
                                              SourceKind::cloudflare};

std::vector<std::string> kind_names() {
  std::vector<std::string> names;
  for (const SourceKind kind : kKinds) names.emplace_back(name_of(kind));
  return names;
}

/// A file is copied, committed and backed up: a password in it is a leak that waits.
void refuse_secret(const TableReader& reader, std::string_view key, const std::string& value) {
  if (!holds_password(value)) return;
  throw reader.error_at(
      reader.line_of(key), std::string(key) + " holds a password",
      "put it into an environment variable and write " + std::string(key) + " = \"env:NAME\"");
}

VaultSection read_vault(const toml::table& table, const std::string& file) {
  TableReader reader(table, "[vault]", file);
  VaultSection vault;
  vault.url = reader.text("url").value_or("");
  vault.copy = reader.texts("copy");
  vault.max_behind = reader.duration("max_behind");
  vault.prices = reader.text("prices").value_or("");
  reader.expect_no_other();
  vault.line = reader.line_of("url");
  vault.prices_line = reader.line_of("prices");
  refuse_secret(reader, "url", vault.url);
  for (const std::string& copy : vault.copy) refuse_secret(reader, "copy", copy);
  return vault;
}

KeepSection read_keep(const toml::table& table, const std::string& file) {
  TableReader reader(table, "[keep]", file);
  KeepSection keep;
  keep.within = reader.duration("within");
  keep.last = reader.number("last", 1);
  keep.hourly = reader.number("hourly", 1);
  keep.daily = reader.number("daily", 1);
  keep.weekly = reader.number("weekly", 1);
  keep.monthly = reader.number("monthly", 1);
  keep.yearly = reader.number("yearly", 1);
  reader.expect_no_other();
  keep.line = static_cast<int>(table.source().begin.line);
  return keep;
}

std::string required_text(TableReader& reader, std::string_view key, const std::string& section,
                          int line) {
  auto value = reader.text(key);
  if (!value) throw reader.error_at(line, section + " has no " + std::string(key));
  return *value;
}

void read_token(TableReader& reader, SourceSection& source) {
  source.token = reader.text("token").value_or("");
  if (source.token.empty() || form_of(source.token) != ReferenceForm::literal) return;
  throw reader.error_at(reader.line_of("token"), "token holds the secret itself",
                        "put it into an environment variable and write token = \"env:NAME\"");
}

std::vector<AssertionLine> read_assertions(TableReader& source, const std::string& section,
                                           const std::string& file) {
  const toml::table* table = source.table("assert");
  if (table == nullptr) return {};
  TableReader reader(*table, section.substr(0, section.size() - 1) + ".assert]", file);
  std::vector<AssertionLine> assertions;
  for (const std::string& name : reader.keys()) {
    assertions.push_back({name, *reader.text(name), reader.line_of(name)});
  }
  return assertions;
}

void read_tls(TableReader& reader, SourceSection& source) {
  constexpr std::array kModes = {TlsMode::verify, TlsMode::pin, TlsMode::insecure};
  if (const auto at = reader.choice("tls", {"verify", "pin", "insecure"})) {
    source.tls.mode = kModes.at(*at);
  }
  source.tls.pins = reader.texts("tls_pins");
  source.tls.ca_file = reader.text("ca_file").value_or("");
  try {
    check(source.tls);
  } catch (const Error& error) {
    const int line = reader.line_of(source.tls.pins.empty() ? "ca_file" : "tls_pins");
    throw reader.error_at(line, error.message(), error.hint());
  }
}

void read_capture(TableReader& reader, SourceSection& source) {
  if (const auto at = reader.choice("capture", {"auto", "replication", "tracking"})) {
    source.capture =
        std::array{CapturePath::automatic, CapturePath::replication, CapturePath::tracking}[*at];
  }
}

WarmUpSection read_warm_up(TableReader& source, const std::string& section,
                           const std::string& file) {
  const toml::table* table = source.table("warm_up");
  if (table == nullptr) return {};
  TableReader reader(*table, section.substr(0, section.size() - 1) + ".warm_up]", file);
  WarmUpSection warm_up;
  warm_up.urls = reader.texts("urls");
  warm_up.timeout = reader.duration("timeout").value_or(warm_up.timeout);
  warm_up.count = reader.number("count", 1).value_or(warm_up.count);
  reader.expect_no_other();
  for (const std::string& url : warm_up.urls) {
    refuse_secret(reader, "urls", url);
    if (is_https_or_local(url)) continue;
    throw reader.error_at(reader.line_of("urls"), "urls holds one that is not https",
                          "write https://HOST/PATH; http is taken for this machine only");
  }
  return warm_up;
}

void read_redis(TableReader& reader, const std::string& section, const std::string& file,
                SourceSection& source) {
  source.url = required_text(reader, "url", section, source.line);
  if (const auto at = reader.choice("role", {"data", "cache"})) {
    source.role = *at == 0 ? SourceRole::data : SourceRole::cache;
  }
  // Only a cache is ever warmed up: with other roles the key is unknown.
  if (source.role == SourceRole::cache) source.warm_up = read_warm_up(reader, section, file);
  read_capture(reader, source);
  read_tls(reader, source);
}

void read_memcached(TableReader& reader, const std::string& section, const std::string& file,
                    SourceSection& source) {
  source.url = required_text(reader, "url", section, source.line);
  static_cast<void>(reader.choice("role", {"cache"}));  // may be written, and is always so
  source.role = SourceRole::cache;
  source.warm_up = read_warm_up(reader, section, file);
}

/// Only the keys that mean something for the kind are read; any other is then unknown.
void read_keys_of_kind(TableReader& reader, const std::string& section, const std::string& file,
                       SourceSection& source) {
  switch (source.kind) {
    case SourceKind::postgres:
      source.url = required_text(reader, "url", section, source.line);
      source.jobs = reader.number("jobs", 1);
      source.assertions = read_assertions(reader, section, file);
      if (const auto at = reader.choice("unreadable", {"report", "refuse"})) {
        source.unreadable = *at == 0 ? OnUnreadable::report : OnUnreadable::refuse;
      }
      if (const auto at = reader.choice("on_lock_wait", {"retry", "skip", "fail"})) {
        source.on_lock_wait =
            std::array{OnLockWait::retry, OnLockWait::skip, OnLockWait::fail}[*at];
      }
      source.exclude_tables = reader.texts("exclude_tables");
      source.exclude_table_data = reader.texts("exclude_table_data");
      source.heartbeat = reader.truth("heartbeat");
      break;
    case SourceKind::redis:
      read_redis(reader, section, file, source);
      break;
    case SourceKind::memcached:
      read_memcached(reader, section, file, source);
      break;
    case SourceKind::heroku:
      source.app = required_text(reader, "app", section, source.line);
      read_token(reader, source);
      break;
    case SourceKind::cloudflare:
      source.zone = required_text(reader, "zone", section, source.line);
      read_token(reader, source);
      break;
  }
  if (!source.url.empty()) refuse_secret(reader, "url", source.url);
}

SourceSection read_source(const std::string& name, const toml::table& table, int line,
                          const std::string& file) {
  const std::string section = "[source." + name + "]";
  TableReader reader(table, section, file);
  SourceSection source;
  source.name = name;
  source.line = line;
  if (!is_source_name(name)) {
    throw reader.error_at(line, "\"" + name + "\" cannot be a source's name", kSourceNameRule);
  }
  const auto kind = reader.choice("kind", kind_names());
  if (!kind) {
    throw reader.error_at(line, section + " has no kind", "kinds: " + join(kind_names()));
  }
  source.kind = kKinds.at(*kind);
  source.rpo = reader.duration("rpo");
  source.rto = reader.duration("rto");
  source.accept = reader.texts("accept");
  source.schedule = reader.text("schedule").value_or("");
  source.schedule_line = reader.line_of("schedule");
  read_keys_of_kind(reader, section, file, source);
  reader.expect_no_other();
  return source;
}

std::vector<SourceSection> read_sources(const toml::table& table, const std::string& file) {
  TableReader reader(table, "[source]", file);
  std::vector<SourceSection> sources;
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    const int line = reader.line_of(name);
    const toml::table* section = node.as_table();
    if (section == nullptr) {
      throw reader.error_at(line, "\"" + name + "\" stands outside a source",
                            "sources have names: [source.NAME]");
    }
    sources.push_back(read_source(name, *section, line, file));
  }
  // toml++ hands the tables out by name; snapshots take them in the order they were written.
  std::sort(sources.begin(), sources.end(),
            [](const SourceSection& a, const SourceSection& b) { return a.line < b.line; });
  return sources;
}

SnapshotSection read_snapshot(const toml::table& table, const std::string& file) {
  TableReader reader(table, "[snapshot]", file);
  SnapshotSection snapshot;
  snapshot.schedule = reader.text("schedule").value_or("");
  snapshot.tz = reader.text("tz").value_or("UTC");
  snapshot.line = reader.line_of("schedule");
  snapshot.tz_line = reader.line_of("tz");
  reader.expect_no_other();
  return snapshot;
}

}  // namespace

Config parse_config(std::string_view text, std::string file) {
  const toml::table root = parse_toml(text, file);
  TableReader reader(root, "the top level", file);
  Config config;
  if (const toml::table* vault = reader.table("vault")) config.vault = read_vault(*vault, file);
  if (const toml::table* sources = reader.table("source")) {
    config.sources = read_sources(*sources, file);
  }
  if (const toml::table* keep = reader.table("keep")) config.keep = read_keep(*keep, file);
  if (const toml::table* notify = reader.table("notify")) {
    config.notify = read_notify(*notify, file);
  }
  if (const toml::table* snapshot = reader.table("snapshot")) {
    config.snapshot = read_snapshot(*snapshot, file);
  }
  reader.expect_no_other();
  config.file = std::move(file);
  return config;
}

}  // namespace lifeboat::config
