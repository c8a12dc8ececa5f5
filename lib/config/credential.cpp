#include "config/credential.h"

#include <algorithm>
#include <cctype>

#include "base/error.h"
#include "config/secret_reference.h"

namespace lifeboat::config {
namespace {

Secret read_credential_file(const std::string& path, const std::string& variable) {
  try {
    return resolve_secret("file:" + path, Environment());
  } catch (Error& error) {
    error.add_context(variable);
    throw;
  }
}

Credential checked(Role role, Secret secret, std::string origin) {
  const auto claimed = claimed_role(secret);
  if (claimed == role) return {role, std::move(secret), std::move(origin)};
  const std::string wanted = "lifeboat-" + std::string(name_of(role)) + "-1";
  throw Error(claimed ? ErrorKind::denied : ErrorKind::usage,
              origin + " holds no " + std::string(name_of(role)) + " credential",
              claimed ? "it is one of the role " + std::string(name_of(*claimed)) + ": set " +
                            variable_of(*claimed) + " instead"
                      : "it must begin with " + wanted + ", as `lifeboat vault create` wrote it");
}

}  // namespace

std::string_view name_of(Role role) noexcept {
  switch (role) {
    case Role::writer:
      return "writer";
    case Role::identity:
      return "identity";
    case Role::viewer:
      return "viewer";
    case Role::operator_:
      return "operator";
    case Role::pruner:
      return "pruner";
    case Role::admin:
      return "admin";
  }
  return "writer";
}

std::string variable_of(Role role) {
  std::string name(name_of(role));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return static_cast<char>(c - 'a' + 'A'); });
  return "LIFEBOAT_" + name;
}

std::optional<Role> claimed_role(const Secret& credential) {
  for (const Role role : kRoles) {
    if (credential.reveal().starts_with("lifeboat-" + std::string(name_of(role)) + "-1")) {
      return role;
    }
  }
  if (credential.reveal().starts_with("lifeboat-sealed-identity-1")) return Role::identity;
  return std::nullopt;
}

std::optional<Credential> find_credential(const Environment& environment, Role role) {
  const std::string variable = variable_of(role);
  if (auto value = environment.find(variable)) {
    return checked(role, Secret(std::move(*value)), variable);
  }
  const std::string file_variable = variable + "_FILE";
  if (const auto path = environment.find(file_variable)) {
    return checked(role, read_credential_file(*path, file_variable), file_variable);
  }
  return std::nullopt;
}

std::optional<Secret> find_passphrase(const Environment& environment) {
  if (auto value = environment.find("LIFEBOAT_PASSPHRASE")) return Secret(std::move(*value));
  const std::string file_variable = "LIFEBOAT_PASSPHRASE_FILE";
  if (const auto path = environment.find(file_variable)) {
    return read_credential_file(*path, file_variable);
  }
  return std::nullopt;
}

}  // namespace lifeboat::config
