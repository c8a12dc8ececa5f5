#ifndef LIFEBOAT_CLI_VAULT_IDENTITY_VERBS_H_
#define LIFEBOAT_CLI_VAULT_IDENTITY_VERBS_H_

#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "cli/run_tool.h"

namespace lifeboat::cli {

/// The passphrase that --passphrase names, or nothing without it. Throws Error(usage) on anything
/// but env:, file: and cmd: (whoever runs ps would see it) without repeating it, and as
/// Session::secret() does.
[[nodiscard]] std::optional<Secret> passphrase_of(Session& session,
                                                  const std::optional<std::string>& reference);

/// `lifeboat vault keys wrap|sheet`: how an identity is kept. The work is in
/// lib/vault/sealed_identity.h.
[[nodiscard]] std::vector<Verb> vault_identity_verbs();

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_VAULT_IDENTITY_VERBS_H_
