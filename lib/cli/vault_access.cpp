#include "cli/vault_access.h"

#include <filesystem>

#include "base/error.h"
#include "base/units.h"
#include "config/credential.h"
#include "config/s3_access.h"
#include "seal/sodium.h"
#include "store/directory_store.h"
#include "store/s3_store.h"
#include "vault/object_names.h"
#include "vault/sealed_identity.h"

namespace lifeboat::cli {

namespace {

constexpr std::chrono::seconds kLongWait{1};

std::unique_ptr<store::ObjectStore> open_bucket(Session& session, const std::string& url,
                                                std::optional<std::uint64_t> limit_rate,
                                                StoreUse use, OnStop on_stop) {
  const config::Environment& environment = session.environment();
  store::S3Settings settings;
  settings.location = config::parse_s3_url(url, environment);
  settings.credentials = use == StoreUse::copy ? config::find_s3_copy_credentials(environment)
                                               : config::find_s3_credentials(environment);
  session.mask(settings.credentials.secret_key);
  session.mask(settings.credentials.session_token);
  if (environment.find("BUCKETEER_BUCKET_NAME") == settings.location.bucket) {
    session.warn("the bucket " + settings.location.bucket +
                 " is an add-on of this app and goes when the app goes: keep a vault elsewhere");
  }
  if (settings.location.scheme == "http") settings.http.plain_http = http::PlainHttp::allowed;
  settings.http.ca_file = environment.find("AWS_CA_BUNDLE").value_or("");
  if (limit_rate) settings.http.pace = std::make_shared<stream::Pace>(*limit_rate);
  settings.on_retry = [&session](const Error& why, std::chrono::milliseconds delay) {
    const std::string text =
        "the vault: " + why.message() + "; trying again in " + human_duration(delay);
    // Short waits are the store's everyday life; whoever looks at the terminal must know of others.
    if (delay >= kLongWait) {
      session.warn(text);
    } else {
      session.log(LogLevel::debug, text);
    }
  };
  return std::make_unique<store::S3Store>(
      std::move(settings), session.clock(),
      on_stop == OnStop::give_up ? session.stop() : std::stop_token());
}

}  // namespace

std::unique_ptr<store::ObjectStore> open_store(Session& session, const std::string& url,
                                               std::optional<std::uint64_t> limit_rate,
                                               StoreUse use, OnStop on_stop) {
  if (config::is_s3_url(url)) return open_bucket(session, url, limit_rate, use, on_stop);
  if (url.find("://") != std::string::npos) {
    throw Error(ErrorKind::usage, "the vault's URL is neither a path nor an s3:// URL",
                "give a path, such as ./vault, or s3://BUCKET/PREFIX?region=REGION");
  }
  if (limit_rate) {
    throw Error(ErrorKind::usage, "--limit-rate is for vaults in a bucket, and this is a directory",
                "leave it out; lifeboat snapshot --max-rate limits the reading of a database");
  }
  return std::make_unique<store::DirectoryStore>(url);
}

Protection protection_of(store::ObjectStore& store) {
  auto* const bucket = dynamic_cast<store::S3Store*>(&store);
  if (bucket == nullptr) return Protection::unprotected;
  try {
    return bucket->refuses_changes() ? Protection::protected_ : Protection::unprotected;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::denied) throw;
    return Protection::unprotected;
  }
}

void require_creates_once(store::ObjectStore& store, std::string_view hint) {
  auto* const bucket = dynamic_cast<store::S3Store*>(&store);
  if (bucket == nullptr) return;
  const store::ObjectKey probe("probe/" + to_hex(seal::random_array<16>()));
  const auto found = bucket->try_conditional_create(probe);
  if (found == store::ConditionalCreate::heeded) return;
  throw Error(ErrorKind::refused,
              store.describe() + (found == store::ConditionalCreate::ignored
                                      ? " replaces objects whose names are taken"
                                      : " cannot create an object only if its name is free"),
              std::string(hint));
}

void write_without_condition(store::ObjectStore& store) {
  if (auto* const bucket = dynamic_cast<store::S3Store*>(&store)) bucket->look_before_creating();
}

std::unique_ptr<store::ObjectStore> open_store_of_vault(Session& session, const std::string& url) {
  constexpr std::uint64_t kMostFormatBytes = 4096;
  auto store = open_store(session, url);
  const auto format = store->get(vault::names::format(), kMostFormatBytes);
  if (format && vault::Format::decode(*format).hashed_names) write_without_condition(*store);
  return store;
}

std::string_view name_of(Protection protection) noexcept {
  return protection == Protection::protected_ ? "protected" : "unprotected";
}

std::string place_of_vault(Session& session) {
  const std::string url = session.vault_url();
  if (!config::is_s3_url(url)) return std::filesystem::weakly_canonical(url).string();
  const config::S3Location location = config::parse_s3_url(url, session.environment());
  return location.describe() + " at " + location.endpoint;
}

OpenVault open_vault(Session& session, const std::vector<config::Role>& roles, OnStop on_stop) {
  return open_vault_at(session, session.vault_url(), roles, StoreUse::vault, on_stop);
}

OpenVault open_vault_at(Session& session, const std::string& url,
                        const std::vector<config::Role>& roles, StoreUse use, OnStop on_stop) {
  seal::initialize();
  if (roles.size() == 1) static_cast<void>(session.require_credential(roles.front()));
  std::string variables;
  for (const config::Role role : roles) {
    if (const auto credential = session.credential(role)) {
      OpenVault open;
      open.store = open_store(session, url, session.settings().limit_rate, use, on_stop);
      open.vault =
          std::make_unique<vault::Vault>(*open.store, capability_of(session, credential->secret));
      if (open.vault->has_hashed_names()) write_without_condition(*open.store);
      open.freshness = require_fresh(session, *open.vault);
      return open;
    }
    variables += (variables.empty() ? "" : ", ") + config::variable_of(role);
  }
  throw Error(ErrorKind::denied, "no credential for the vault is set",
              "set one of " + variables + " (or the same with _FILE and the path of a .key file)");
}

vault::Capability capability_of(Session& session, const Secret& credential) {
  if (!vault::is_sealed_identity(credential.reveal())) {
    return vault::Capability::from_text(credential.reveal());
  }
  seal::initialize();
  vault::check_sealed_identity(credential.reveal());
  const auto passphrase = config::find_passphrase(session.environment());
  if (!passphrase) {
    throw Error(ErrorKind::denied, "this identity is under a passphrase, and none is set",
                "set LIFEBOAT_PASSPHRASE, or LIFEBOAT_PASSPHRASE_FILE to the path of a file that "
                "holds it");
  }
  session.mask(*passphrase);
  try {
    vault::Capability identity = vault::open_sealed_identity(credential.reveal(), *passphrase);
    session.mask(identity.to_text());
    return identity;
  } catch (Error& error) {
    if (error.kind() == ErrorKind::denied) {
      error.add_hint("check LIFEBOAT_PASSPHRASE, or the file that LIFEBOAT_PASSPHRASE_FILE names");
    }
    throw;
  }
}

const std::vector<config::Role>& reading_roles() {
  static const std::vector<config::Role> roles = {config::Role::identity, config::Role::pruner,
                                                  config::Role::viewer, config::Role::operator_,
                                                  config::Role::writer};
  return roles;
}

bool has_separation(Session& session) {
  return !(session.credential(config::Role::writer) && session.credential(config::Role::identity));
}

}  // namespace lifeboat::cli
