#include "config/settings.h"

#include "base/error.h"
#include "config/nearest.h"
#include "config/source_name.h"

namespace lifeboat::config {
namespace {

std::string at_line(const Config& config, int line) {
  return config.file + ":" + std::to_string(line);
}

Setting<std::string> resolve_vault(const Flags& flags, const Environment& environment,
                                   const Config& config) {
  if (flags.vault) return {*flags.vault, "--vault"};
  if (const auto value = environment.find("LIFEBOAT_VAULT")) return {*value, "LIFEBOAT_VAULT"};
  if (!config.vault.url.empty()) return {config.vault.url, at_line(config, config.vault.line)};
  return {};
}

Setting<std::filesystem::path> resolve_scratch_dir(const Flags& flags,
                                                   const Environment& environment) {
  if (flags.scratch_dir) return {*flags.scratch_dir, "--scratch-dir"};
  if (const auto value = environment.find("TMPDIR")) return {*value, "TMPDIR"};
  return {"/tmp", "default"};
}

Setting<std::filesystem::path> resolve_state_dir(const Environment& environment) {
  if (const auto value = environment.find("LIFEBOAT_STATE")) {
    return {*value == "none" ? "" : *value, "LIFEBOAT_STATE"};
  }
  if (const auto value = environment.find("XDG_STATE_HOME")) {
    return {std::filesystem::path(*value) / "lifeboat", "XDG_STATE_HOME"};
  }
  if (const auto value = environment.find("HOME")) {
    return {std::filesystem::path(*value) / ".local" / "state" / "lifeboat", "HOME"};
  }
  return {};
}

Setting<int> resolve_jobs(const Flags& flags, const SourceSection* section, const Config& config) {
  if (flags.jobs) return {*flags.jobs, "--jobs"};
  if (section != nullptr && section->jobs) {
    return {*section->jobs, at_line(config, section->line)};
  }
  return {kDefaultJobs, "default"};
}

void check_name(const std::string& name) {
  if (is_source_name(name)) return;
  throw Error(ErrorKind::usage, "\"" + name + "\" cannot be a source's name", kSourceNameRule);
}

/// `section` may be null: then nothing but the name, the URL and defaults is known.
SourceSetting source_from(std::string name, const SourceSection* section, const Flags& flags,
                          const Config& config) {
  check_name(name);
  SourceSetting source;
  source.name = std::move(name);
  source.jobs = resolve_jobs(flags, section, config);
  if (section == nullptr) return source;
  source.kind = section->kind;
  source.url = {section->url, at_line(config, section->line)};
  source.role = section->role;
  source.capture = section->capture;
  source.tls = section->tls;
  source.app = section->app;
  source.zone = section->zone;
  source.token = section->token;
  source.accept = section->accept;
  source.unreadable = section->unreadable;
  source.on_lock_wait = section->on_lock_wait;
  source.exclude_tables = section->exclude_tables;
  source.exclude_table_data = section->exclude_table_data;
  source.assertions = section->assertions;
  source.warm_up = section->warm_up;
  source.rpo = section->rpo;
  source.rto = section->rto;
  return source;
}

/// A source that a flag names, or the environment in its place.
struct NamedSource {
  SourceKind kind = SourceKind::postgres;
  Setting<std::string> url;
};

SourceSetting source_of_flag(const NamedSource& named, const Flags& flags, const Config& config) {
  const std::string kind(name_of(named.kind));
  if (flags.sources.size() > 1) {
    throw Error(ErrorKind::usage, "--" + kind + " is one source, but --source names several");
  }
  const std::string name = flags.sources.empty() ? kind : flags.sources.front();
  const SourceSection* section = config.find_source(name);
  if (section != nullptr && section->kind != named.kind) {
    throw Error(ErrorKind::usage, "the source " + name + " is not a " +
                                      (named.kind == SourceKind::redis ? "Redis" : "Postgres") +
                                      ", but " + std::string(name_of(section->kind)) + ": " +
                                      at_line(config, section->line));
  }
  SourceSetting source = source_from(name, section, flags, config);
  source.kind = named.kind;
  source.url = named.url;
  if (named.kind == SourceKind::redis && flags.redis_tls.said()) source.tls = flags.redis_tls;
  return source;
}

std::vector<SourceSetting> sources_of_flags(const std::vector<NamedSource>& named,
                                            const Flags& flags, const Config& config) {
  if (named.size() > 1 && !flags.sources.empty()) {
    throw Error(ErrorKind::usage, "--source gives a name to one source, but two are named",
                "leave it out: they are then named postgres and redis; or give --postgres or "
                "--redis alone");
  }
  std::vector<SourceSetting> sources;
  for (const NamedSource& one : named) sources.push_back(source_of_flag(one, flags, config));
  return sources;
}

std::vector<NamedSource> named_by_flags(const Flags& flags) {
  std::vector<NamedSource> named;
  if (flags.postgres) named.push_back({SourceKind::postgres, {*flags.postgres, "--postgres"}});
  if (flags.redis) named.push_back({SourceKind::redis, {*flags.redis, "--redis"}});
  return named;
}

/// As Heroku's add-ons set them.
std::vector<NamedSource> named_by_environment(const Environment& environment) {
  std::vector<NamedSource> named;
  const auto add = [&](SourceKind kind, const char* variable) {
    if (!environment.has(variable)) return;
    named.push_back({kind, {std::string("env:") + variable, variable}});
  };
  add(SourceKind::postgres, "DATABASE_URL");
  add(SourceKind::redis, "REDIS_URL");
  return named;
}

SourceSetting source_of_section(const std::string& name, const Flags& flags, const Config& config) {
  const SourceSection* section = config.find_source(name);
  if (section != nullptr) return source_from(name, section, flags, config);
  std::vector<std::string> known;
  for (const SourceSection& source : config.sources) known.push_back(source.name);
  const auto meant = nearest(name, known);
  throw Error(ErrorKind::usage, "no [source." + name + "] in " + config.file,
              meant ? "did you mean " + *meant + "?" : "");
}

}  // namespace

Settings resolve(const Flags& flags, const Environment& environment, const Config& config) {
  Settings settings;
  settings.vault = resolve_vault(flags, environment, config);
  if (!config.vault.copy.empty()) {
    settings.copies = {config.vault.copy, at_line(config, config.vault.line)};
  }
  settings.max_behind = config.vault.max_behind;
  if (!config.vault.prices.empty()) {
    settings.prices = {std::filesystem::path(config.file).parent_path() / config.vault.prices,
                       at_line(config, config.vault.prices_line)};
  }
  if (flags.postgres) settings.postgres = {*flags.postgres, "--postgres"};
  settings.redis_tls = flags.redis_tls;
  if (flags.sources.size() == 1) settings.source = {flags.sources.front(), "--source"};
  settings.jobs = resolve_jobs(flags, nullptr, config);
  settings.scratch = {"local", "default"};
  if (flags.scratch) settings.scratch = {*flags.scratch, "--scratch"};
  settings.scratch_dir = resolve_scratch_dir(flags, environment);
  settings.expected_heads = flags.expected_heads;
  settings.max_age = flags.max_age;
  settings.limit_rate = flags.limit_rate;
  settings.state_dir = resolve_state_dir(environment);
  settings.keep = {config.keep,
                   config.keep.line > 0 ? at_line(config, config.keep.line) : "default"};
  return settings;
}

std::vector<SourceSetting> resolve_sources(const Flags& flags, const Environment& environment,
                                           const Config& config) {
  check(flags.redis_tls);
  const auto by_flags = named_by_flags(flags);
  if (!by_flags.empty() && (flags.redis || !flags.redis_tls.said())) {
    return sources_of_flags(by_flags, flags, config);
  }
  if (flags.redis_tls.said() && (!by_flags.empty() || !config.sources.empty())) {
    throw Error(ErrorKind::usage, "--redis-tls, --redis-pin and --redis-ca belong to --redis",
                "name the server with --redis, or write tls into its section");
  }
  std::vector<SourceSetting> sources;
  if (!config.sources.empty()) {
    std::vector<std::string> names = flags.sources;
    if (names.empty()) {
      for (const SourceSection& section : config.sources) names.push_back(section.name);
    }
    for (const std::string& name : names) {
      sources.push_back(source_of_section(name, flags, config));
    }
    return sources;
  }
  const auto by_environment = named_by_environment(environment);
  if (by_environment.empty()) {
    throw Error(ErrorKind::usage, "nothing to capture was named",
                "give --postgres env:DATABASE_URL or --redis env:REDIS_URL, or a [source.NAME] "
                "section in lifeboat.toml");
  }
  return sources_of_flags(by_environment, flags, config);
}

}  // namespace lifeboat::config
