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

SourceSetting source_of_flag(const Flags& flags, const Config& config) {
  if (flags.sources.size() > 1) {
    throw Error(ErrorKind::usage, "--postgres is one source, but --source names several");
  }
  const std::string name = flags.sources.empty() ? "postgres" : flags.sources.front();
  const SourceSection* section = config.find_source(name);
  if (section != nullptr && section->kind != SourceKind::postgres) {
    throw Error(ErrorKind::usage, "the source " + name + " is not a Postgres, but " +
                                      std::string(name_of(section->kind)) + ": " +
                                      at_line(config, section->line));
  }
  SourceSetting source = source_from(name, section, flags, config);
  source.url = {*flags.postgres, "--postgres"};
  return source;
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
  if (flags.postgres) settings.postgres = {*flags.postgres, "--postgres"};
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
  if (flags.postgres) return {source_of_flag(flags, config)};
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
  if (!environment.has("DATABASE_URL")) {
    throw Error(ErrorKind::usage, "nothing to capture was named",
                "give --postgres env:DATABASE_URL, or a [source.NAME] section in lifeboat.toml");
  }
  Flags from_environment = flags;
  from_environment.postgres = "env:DATABASE_URL";
  sources.push_back(source_of_flag(from_environment, config));
  sources.back().url.origin = "DATABASE_URL";
  return sources;
}

}  // namespace lifeboat::config
