#include "cli/option_groups.h"

namespace lifeboat::cli {

void CommonOptions::declare(OptionSet& set) {
  set.group("Output");
  set.flag("json", json, "print the result as one JSON document, errors as JSON too");
  set.flag("quiet", quiet, "no progress, no log below warnings");
  set.flag("no-color", no_color, "no colour, as with NO_COLOR set");
  set.choice("log-level", log_level,
             {{"error", LogLevel::error},
              {"warn", LogLevel::warn},
              {"info", LogLevel::info},
              {"debug", LogLevel::debug},
              {"trace", LogLevel::trace}},
             "how much is logged on stderr (default: info)");
  set.value("trace", trace_file, "FILE",
            "write what ran when, for ui.perfetto.dev or chrome://tracing");
  set.group("Other");
  set.value("config", config_file, "FILE", "configuration (default: ./lifeboat.toml if it exists)");
  set.flag("show-config", show_config, "print every setting and where it came from, and stop");
  set.flag("help", help, "print this, and stop (also -h)");
  set.flag("version", version, "print the version, and stop");
}

void declare_vault_options(OptionSet& set) {
  set.group("Vault");
  set.value("vault", set.flags().vault, "URL",
            "the vault: a directory, or s3://BUCKET/PREFIX?region=REGION");
  set.byte_size("limit-rate", set.flags().limit_rate, "SIZE",
                "send and receive at most this much a second, if it is in a bucket: 5MB");
  set.list("expect-head", set.flags().expected_heads, "HEAD",
           "refuse a vault that does not show this record, as lifeboat printed it: "
           "snapshot/1f2e3d4c:17:0123456789abcdef");
  set.duration("max-age", set.flags().max_age, "AGE",
               "refuse a vault whose newest snapshot is older: 26h");
}

void declare_redis_tls_options(OptionSet& set) {
  config::TlsSettings& tls = set.flags().redis_tls;
  set.choice<std::optional<TlsMode>>(
      "redis-tls", tls.mode,
      {{"verify", TlsMode::verify}, {"pin", TlsMode::pin}, {"insecure", TlsMode::insecure}},
      "how a rediss:// server is known: by an authority (default), by its key, or not at all");
  set.list("redis-pin", tls.pins, "PIN", "a key that it may have: sha256//...");
  set.value("redis-ca", tls.ca_file, "FILE", "authorities to trust instead of the system's, PEM");
}

void declare_source_options(OptionSet& set) {
  set.group("Source");
  set.value("postgres", set.flags().postgres, "REF",
            "the database to capture: env:NAME, file:PATH, cmd:COMMAND or a URL without password");
  set.value("redis", set.flags().redis, "REF",
            "the Redis or Valkey server to capture, in the same forms: redis://, rediss:// or "
            "unix://");
  declare_redis_tls_options(set);
  set.list("source", set.flags().sources, "NAME",
           "which sources of the configuration; with --postgres or --redis, the name it gets");
  set.number("jobs", set.flags().jobs, 1, "N",
             "connections that read at the same time (default: 2)");
}

void declare_target_options(OptionSet& set) {
  set.group("Target");
  set.value("postgres", set.flags().postgres, "REF",
            "the empty database to restore into: env:NAME, file:PATH, cmd:COMMAND or a URL without "
            "password");
  set.value("source", set.flags().sources, "NAME", "which of the snapshot's sources");
  set.number("jobs", set.flags().jobs, 1, "N",
             "connections that load at the same time (default: 2)");
}

void declare_scratch_options(OptionSet& set) {
  set.group("Scratch");
  set.value("scratch", set.flags().scratch, "local|REF",
            "where to restore for the comparison: a throwaway server started here, or a scratch "
            "database: env:NAME, file:PATH, cmd:COMMAND or a URL (default: local)");
  set.value("scratch-dir", set.flags().scratch_dir, "DIR",
            "where the throwaway server keeps its files (default: TMPDIR, or /tmp)");
}

}  // namespace lifeboat::cli
