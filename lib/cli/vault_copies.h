#ifndef LIFEBOAT_CLI_VAULT_COPIES_H_
#define LIFEBOAT_CLI_VAULT_COPIES_H_

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "cli/json.h"
#include "cli/paint.h"
#include "cli/run_tool.h"
#include "cli/session.h"
#include "vault/copy.h"
#include "vault/vault.h"

namespace lifeboat::cli {

/// What became of one of the vaults that `[vault] copy` names.
struct CopyOutcome {
  std::string url;               ///< as configured; holds no secret
  vault::CopyReport report;      ///< empty if it failed
  std::optional<Error> failure;  ///< it could not be brought up to date
  bool late = false;             ///< longer behind than `max_behind` allows

  [[nodiscard]] bool complete() const { return !failure && report.problems.empty(); }
};

/// Brings every copy of the configuration up to date with this writer's snapshots. A copy that
/// cannot be reached is told, not thrown: the snapshot is in the vault. Throws Error(cancelled).
[[nodiscard]] std::vector<CopyOutcome> update_copies(Session& session, const vault::Vault& vault);

/// Whether a copy's state is a finding (exit code 3): one that failed, or that is later than
/// `max_behind` allows; without that setting, one that is behind at all.
[[nodiscard]] bool is_finding(const std::vector<CopyOutcome>& copies);

[[nodiscard]] std::string copies_text(const std::vector<CopyOutcome>& copies, const Paint& paint);
[[nodiscard]] Json copies_json(const std::vector<CopyOutcome>& copies);

/// `lifeboat vault copy FROM TO`.
[[nodiscard]] Verb vault_copy_verb();

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_VAULT_COPIES_H_
