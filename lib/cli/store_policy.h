#ifndef LIFEBOAT_CLI_STORE_POLICY_H_
#define LIFEBOAT_CLI_STORE_POLICY_H_

#include "cli/json.h"
#include "cli/run_tool.h"
#include "config/s3_access.h"
#include "vault/trust.h"

namespace lifeboat::cli {

/// What the store credential of a role may do in the bucket of a vault, as a policy of AWS IAM: the
/// table of docs/object-stores.md, "Protection". Creating is allowed only under names that are not
/// taken (If-None-Match).
[[nodiscard]] Json store_policy(const config::S3Location& location, vault::Role role);

/// `lifeboat vault policy ROLE`.
[[nodiscard]] Verb vault_policy_verb();

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_STORE_POLICY_H_
