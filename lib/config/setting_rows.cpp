#include "config/credential.h"
#include "config/duration.h"
#include "config/secret_reference.h"
#include "config/settings.h"

namespace lifeboat::config {
namespace {

using Rows = std::vector<SettingRow>;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + shown(word);
  return text;
}

void add_duration(Rows& rows, const std::string& name,
                  const std::optional<std::chrono::seconds>& value, const std::string& origin) {
  if (value) rows.push_back({name, to_text(*value), origin});
}

void add_count(Rows& rows, const std::string& name, const std::optional<int>& value,
               const std::string& origin) {
  if (value) rows.push_back({name, std::to_string(*value), origin});
}

void add_text(Rows& rows, const std::string& name, const std::string& value,
              const std::string& origin) {
  if (!value.empty()) rows.push_back({name, shown(value), origin});
}

void add_source(Rows& rows, const SourceSection& source, const std::string& file) {
  const std::string prefix = "source." + source.name + ".";
  const std::string origin = file + ":" + std::to_string(source.line);
  const bool has_role = source.kind == SourceKind::redis || source.kind == SourceKind::memcached;
  add_text(rows, prefix + "kind", std::string(name_of(source.kind)), origin);
  add_text(rows, prefix + "url", source.url, origin);
  add_text(rows, prefix + "app", source.app, origin);
  add_text(rows, prefix + "zone", source.zone, origin);
  add_text(rows, prefix + "token", source.token, origin);
  add_duration(rows, prefix + "rpo", source.rpo, origin);
  add_duration(rows, prefix + "rto", source.rto, origin);
  if (has_role) add_text(rows, prefix + "role", std::string(name_of(source.role)), origin);
  if (source.kind == SourceKind::redis) {
    add_text(rows, prefix + "capture", std::string(name_of(source.capture)), origin);
    add_text(rows, prefix + "tls", std::string(name_of(source.tls.mode_or_default())), origin);
    add_text(rows, prefix + "tls_pins", joined(source.tls.pins), origin);
    add_text(rows, prefix + "ca_file", source.tls.ca_file, origin);
  }
  add_count(rows, prefix + "jobs", source.jobs, origin);
  if (source.kind == SourceKind::postgres) {
    add_text(rows, prefix + "unreadable", std::string(name_of(source.unreadable)), origin);
    add_text(rows, prefix + "on_lock_wait", std::string(name_of(source.on_lock_wait)), origin);
    add_text(rows, prefix + "exclude_tables", joined(source.exclude_tables), origin);
    add_text(rows, prefix + "exclude_table_data", joined(source.exclude_table_data), origin);
  }
  if (!source.warm_up.urls.empty()) {
    add_text(rows, prefix + "warm_up.urls", joined(source.warm_up.urls), origin);
    add_duration(rows, prefix + "warm_up.timeout", source.warm_up.timeout, origin);
    add_count(rows, prefix + "warm_up.count", source.warm_up.count, origin);
  }
  add_text(rows, prefix + "schedule", source.schedule, origin);
  if (source.heartbeat) add_text(rows, prefix + "heartbeat", "true", origin);
  add_text(rows, prefix + "accept", joined(source.accept), origin);
  for (const AssertionLine& assertion : source.assertions) {
    add_text(rows, prefix + "assert." + assertion.name, assertion.sql,
             file + ":" + std::to_string(assertion.line));
  }
}

void add_keep(Rows& rows, const Setting<KeepSection>& keep) {
  add_duration(rows, "keep.within", keep.value.within, keep.origin);
  add_count(rows, "keep.last", keep.value.last, keep.origin);
  add_count(rows, "keep.hourly", keep.value.hourly, keep.origin);
  add_count(rows, "keep.daily", keep.value.daily, keep.origin);
  add_count(rows, "keep.weekly", keep.value.weekly, keep.origin);
  add_count(rows, "keep.monthly", keep.value.monthly, keep.origin);
  add_count(rows, "keep.yearly", keep.value.yearly, keep.origin);
}

void add_sink(Rows& rows, const SinkSection& sink, const std::string& file) {
  const std::string prefix = "notify." + sink.name + ".";
  const std::string origin = file + ":" + std::to_string(sink.line);
  add_text(rows, prefix + "kind", std::string(name_of(sink.kind)), origin);
  add_text(rows, prefix + "url", sink.url, origin);
  add_text(rows, prefix + "key", sink.key, origin);
  add_text(rows, prefix + "secret", sink.secret, origin);
  add_text(rows, prefix + "address", sink.address, origin);
  add_text(rows, prefix + "file", sink.file, origin);
  add_text(rows, prefix + "on", joined(sink.on), origin);
  add_text(rows, prefix + "only", joined(sink.only), origin);
}

void add_notify(Rows& rows, const NotifySection& notify, const std::string& file) {
  if (notify.line == 0) return;
  const std::string origin = file + ":" + std::to_string(notify.line);
  add_text(rows, "notify.app", notify.app, origin);
  add_text(rows, "notify.on", joined(notify.on), origin);
  add_duration(rows, "notify.within", notify.within, origin);
  for (const SinkSection& sink : notify.sinks) add_sink(rows, sink, file);
}

/// Names the variable and never looks at the value.
void add_secret_variables(Rows& rows, const Environment& environment) {
  for (const Role role : kRoles) {
    for (const std::string& variable : {variable_of(role), variable_of(role) + "_FILE"}) {
      if (!environment.has(variable)) continue;
      rows.push_back({"credential." + std::string(name_of(role)), "set", variable});
      break;
    }
  }
  for (const char* const url : {"DATABASE_URL", "REDIS_URL"}) {
    if (environment.has(url)) rows.push_back({url, "set", "environment"});
  }
}

}  // namespace

std::vector<SettingRow> setting_rows(const Flags& flags, const Environment& environment,
                                     const Config& config) {
  const Settings settings = resolve(flags, environment, config);
  Rows rows;
  rows.push_back({"vault.url", shown(settings.vault.value), settings.vault.origin});
  add_text(rows, "vault.copy", joined(settings.copies.value), settings.copies.origin);
  add_duration(rows, "vault.max_behind", settings.max_behind,
               config.file + ":" + std::to_string(config.vault.line));
  add_text(rows, "vault.prices", settings.prices.value.string(), settings.prices.origin);
  for (const SourceSection& source : config.sources) add_source(rows, source, config.file);
  if (config.snapshot.line > 0 && !config.snapshot.schedule.empty()) {
    const std::string origin = config.file + ":" + std::to_string(config.snapshot.line);
    add_text(rows, "snapshot.schedule", config.snapshot.schedule, origin);
    add_text(rows, "snapshot.tz", config.snapshot.tz, origin);
  }
  if (settings.postgres.value) {
    add_text(rows, "postgres", *settings.postgres.value, settings.postgres.origin);
  }
  add_text(rows, "redis", flags.redis.value_or(""), "--redis");
  if (flags.redis_tls.said()) {
    rows.push_back(
        {"redis_tls", std::string(name_of(flags.redis_tls.mode_or_default())), "--redis-tls"});
    add_text(rows, "redis_pin", joined(flags.redis_tls.pins), "--redis-pin");
    add_text(rows, "redis_ca", flags.redis_tls.ca_file, "--redis-ca");
  }
  add_text(rows, "source", joined(flags.sources), "--source");
  rows.push_back({"jobs", std::to_string(settings.jobs.value), settings.jobs.origin});
  rows.push_back({"scratch", shown(settings.scratch.value), settings.scratch.origin});
  rows.push_back({"scratch_dir", settings.scratch_dir.value.string(), settings.scratch_dir.origin});
  add_text(rows, "expect_head", joined(settings.expected_heads), "--expect-head");
  add_duration(rows, "max_age", settings.max_age, "--max-age");
  if (settings.limit_rate) {
    rows.push_back({"limit_rate", std::to_string(*settings.limit_rate), "--limit-rate"});
  }
  const std::string state = settings.state_dir.value.string();
  rows.push_back({"state_dir", state.empty() ? "none" : state, settings.state_dir.origin});
  add_keep(rows, settings.keep);
  add_notify(rows, config.notify, config.file);
  add_secret_variables(rows, environment);
  return rows;
}

}  // namespace lifeboat::config
