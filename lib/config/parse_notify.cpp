#include "config/parse_notify.h"

#include <algorithm>

#include "config/nearest.h"
#include "config/plain_http.h"
#include "config/secret_reference.h"
#include "config/source_name.h"
#include "config/table_reader.h"

namespace lifeboat::config {
namespace {

constexpr const char* kDefaultAddress = "127.0.0.1:8125";

std::vector<std::string> kind_names() {
  std::vector<std::string> names;
  for (const SinkKind kind : kSinkKinds) names.emplace_back(name_of(kind));
  return names;
}

/// Whoever has the URL of a Slack channel writes into it: URLs are secrets here, too.
void require_reference(const TableReader& reader, std::string_view key, const std::string& value) {
  if (value.empty() || form_of(value) != ReferenceForm::literal) return;
  throw reader.error_at(
      reader.line_of(key), std::string(key) + " holds the secret itself",
      "put it into an environment variable and write " + std::string(key) + " = \"env:NAME\"");
}

std::string required(TableReader& reader, std::string_view key, const SinkSection& sink) {
  auto value = reader.text(key);
  if (value) return *value;
  throw reader.error_at(sink.line, "[notify." + sink.name + "] has no " + std::string(key));
}

std::string required_reference(TableReader& reader, std::string_view key, const SinkSection& sink) {
  std::string value = required(reader, key, sink);
  require_reference(reader, key, value);
  return value;
}

void require_safe_url(const TableReader& reader, const std::string& url) {
  if (url.empty() || form_of(url) != ReferenceForm::literal) return;
  if (holds_password(url)) require_reference(reader, "url", url);
  if (is_https_or_local(url)) return;
  throw reader.error_at(reader.line_of("url"), "url is not https",
                        "write https://HOST/PATH; http is taken for this machine only");
}

/// A list that is there and empty would look like silence and mean the default.
std::vector<std::string> some_texts(TableReader& reader, std::string_view key) {
  std::vector<std::string> values = reader.texts(key);
  const auto there = reader.keys();
  if (!values.empty() || std::ranges::find(there, key) == there.end()) return values;
  throw reader.error_at(reader.line_of(key), std::string(key) + " is an empty list",
                        "leave it out for the default, or take the sink out");
}

std::vector<std::string> read_on(TableReader& reader) {
  std::vector<std::string> words = some_texts(reader, "on");
  const std::vector<std::string> known(kEventWords.begin(), kEventWords.end());
  for (const std::string& word : words) {
    if (std::ranges::find(known, word) != known.end()) continue;
    const auto meant = nearest(word, known);
    throw reader.error_at(reader.line_of("on"), "on cannot hold \"" + word + "\"",
                          meant ? "did you mean \"" + *meant + "\"?" : "known: " + join(known));
  }
  return words;
}

std::string read_address(TableReader& reader) {
  const std::string address = reader.text("address").value_or(kDefaultAddress);
  const std::size_t colon = address.rfind(':');
  const std::string port = colon == std::string::npos ? "" : address.substr(colon + 1);
  const bool is_port = !port.empty() && port.size() <= 5 &&
                       port.find_first_not_of("0123456789") == std::string::npos &&
                       std::stoi(port) >= 1 && std::stoi(port) <= 65535;
  if (is_port && colon > 0 && address.find('/') == std::string::npos) return address;
  throw reader.error_at(reader.line_of("address"), "address is not HOST:PORT: \"" + address + "\"",
                        "write it like 127.0.0.1:8125");
}

/// Prometheus' textfile collector reads *.prom and nothing else.
std::string read_file(TableReader& reader, const SinkSection& sink) {
  std::string file = required(reader, "file", sink);
  if (file.ends_with(".prom")) return file;
  throw reader.error_at(reader.line_of("file"), "file does not end in .prom",
                        "the textfile collector reads only such files");
}

/// Only the keys that mean something for the kind are read; any other is then unknown.
void read_keys_of_kind(TableReader& reader, SinkSection& sink) {
  switch (sink.kind) {
    case SinkKind::webhook:
      sink.secret = reader.text("secret").value_or("");
      require_reference(reader, "secret", sink.secret);
      [[fallthrough]];
    case SinkKind::healthchecks:
    case SinkKind::slack:
      sink.url = required_reference(reader, "url", sink);
      break;
    case SinkKind::pagerduty:
      sink.url = reader.text("url").value_or("");
      require_safe_url(reader, sink.url);
      sink.key = required_reference(reader, "key", sink);
      break;
    case SinkKind::newrelic:
      sink.url = required(reader, "url", sink);
      require_safe_url(reader, sink.url);
      sink.key = required_reference(reader, "key", sink);
      break;
    case SinkKind::statsd:
    case SinkKind::dogstatsd:
      sink.address = read_address(reader);
      break;
    case SinkKind::prometheus:
      sink.file = read_file(reader, sink);
      break;
  }
}

SinkSection read_sink(const std::string& name, const toml::table& table, int line,
                      const std::string& file) {
  const std::string section = "[notify." + name + "]";
  TableReader reader(table, section, file);
  SinkSection sink;
  sink.name = name;
  sink.line = line;
  if (!is_source_name(name)) {
    throw reader.error_at(line, "\"" + name + "\" cannot be a sink's name", kSourceNameRule);
  }
  const auto kind = reader.choice("kind", kind_names());
  if (!kind) throw reader.error_at(line, section + " has no kind", "kinds: " + join(kind_names()));
  sink.kind = kSinkKinds.at(*kind);
  if (takes_events(sink.kind)) {
    sink.on = read_on(reader);
    sink.only = some_texts(reader, "only");
  }
  read_keys_of_kind(reader, sink);
  reader.expect_no_other();
  return sink;
}

std::string read_app(TableReader& reader, const NotifySection& notify) {
  const std::string app = reader.text("app").value_or("");
  if (app.empty()) {
    if (notify.sinks.empty()) return app;
    throw reader.error_at(notify.line, "[notify] has no app",
                          "give the application a name, which stands in every message: "
                          "app = \"shop\"");
  }
  if (is_source_name(app)) return app;
  throw reader.error_at(reader.line_of("app"), "\"" + app + "\" cannot be an app's name",
                        kSourceNameRule);
}

}  // namespace

std::string_view name_of(SinkKind kind) noexcept {
  switch (kind) {
    case SinkKind::healthchecks:
      return "healthchecks";
    case SinkKind::webhook:
      return "webhook";
    case SinkKind::slack:
      return "slack";
    case SinkKind::pagerduty:
      return "pagerduty";
    case SinkKind::statsd:
      return "statsd";
    case SinkKind::dogstatsd:
      return "dogstatsd";
    case SinkKind::newrelic:
      return "newrelic";
    case SinkKind::prometheus:
      break;
  }
  return "prometheus";
}

bool takes_events(SinkKind kind) noexcept {
  return kind != SinkKind::statsd && kind != SinkKind::dogstatsd && kind != SinkKind::prometheus;
}

NotifySection read_notify(const toml::table& table, const std::string& file) {
  TableReader reader(table, "[notify]", file);
  NotifySection notify;
  notify.line = static_cast<int>(table.source().begin.line);
  notify.on = read_on(reader);
  notify.within = reader.duration("within").value_or(notify.within);
  static_cast<void>(reader.text("app"));
  for (const std::string& name : reader.keys()) {
    // A text or a number here is a key that was mistyped, or belongs into a sink.
    if (table.get(name)->as_table() == nullptr) continue;
    notify.sinks.push_back(read_sink(name, *reader.table(name), reader.line_of(name), file));
  }
  reader.expect_no_other();
  notify.app = read_app(reader, notify);
  return notify;
}

}  // namespace lifeboat::config
