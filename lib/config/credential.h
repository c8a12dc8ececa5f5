#ifndef LIFEBOAT_CONFIG_CREDENTIAL_H_
#define LIFEBOAT_CONFIG_CREDENTIAL_H_

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "config/environment.h"

namespace lifeboat::config {

/// Who a credential makes its holder. Each is one string, "lifeboat-<role>-1…", found in
/// LIFEBOAT_<ROLE> or in the file that LIFEBOAT_<ROLE>_FILE names. An identity may also stand under
/// a passphrase: "lifeboat-sealed-identity-1…".
enum class Role { writer, identity, viewer, operator_, pruner, admin };

inline constexpr std::array<Role, 6> kRoles = {Role::writer,    Role::identity, Role::viewer,
                                               Role::operator_, Role::pruner,   Role::admin};

/// "writer", "identity", "viewer", "operator", "pruner", "admin".
[[nodiscard]] std::string_view name_of(Role role) noexcept;
/// "LIFEBOAT_WRITER" …
[[nodiscard]] std::string variable_of(Role role);

/// The role that a credential's prefix claims, or nothing if it is no credential.
[[nodiscard]] std::optional<Role> claimed_role(const Secret& credential);

struct Credential {
  Role role;
  Secret secret;
  std::string origin;  ///< "LIFEBOAT_WRITER" or "LIFEBOAT_WRITER_FILE"
};

/// The credential of a role, or nothing if neither variable is set. The variable wins over the
/// file. Throws Error(usage) if the file cannot be read, or if the text does not begin with
/// "lifeboat-<role>-1" (the hint says which role it is for; the text is never shown).
[[nodiscard]] std::optional<Credential> find_credential(const Environment& environment, Role role);

/// The passphrase of an identity: LIFEBOAT_PASSPHRASE, else what is in the file that
/// LIFEBOAT_PASSPHRASE_FILE names, without its last line end. Nothing if neither is set. Throws
/// Error(usage) if the file cannot be read or is empty.
[[nodiscard]] std::optional<Secret> find_passphrase(const Environment& environment);

}  // namespace lifeboat::config

#endif  // LIFEBOAT_CONFIG_CREDENTIAL_H_
