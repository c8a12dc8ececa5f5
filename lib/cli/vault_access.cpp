#include "cli/vault_access.h"

#include "base/error.h"
#include "config/credential.h"
#include "seal/sodium.h"
#include "store/directory_store.h"
#include "vault/sealed_identity.h"

namespace lifeboat::cli {

std::unique_ptr<store::ObjectStore> open_store(const std::string& url) {
  if (url.find("://") != std::string::npos) {
    throw Error(ErrorKind::usage, "this version of lifeboat keeps vaults in directories only",
                "give a path, such as ./vault");
  }
  return std::make_unique<store::DirectoryStore>(url);
}

Protection protection_of(const std::string& /*url*/) { return Protection::unprotected; }

std::string_view name_of(Protection protection) noexcept {
  return protection == Protection::protected_ ? "protected" : "unprotected";
}

OpenVault open_vault(Session& session, const std::vector<config::Role>& roles) {
  seal::initialize();
  const std::string url = session.vault_url();
  if (roles.size() == 1) static_cast<void>(session.require_credential(roles.front()));
  std::string variables;
  for (const config::Role role : roles) {
    if (const auto credential = session.credential(role)) {
      OpenVault open;
      open.store = open_store(url);
      open.vault =
          std::make_unique<vault::Vault>(*open.store, capability_of(session, credential->secret));
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
