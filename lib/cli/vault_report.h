#ifndef LIFEBOAT_CLI_VAULT_REPORT_H_
#define LIFEBOAT_CLI_VAULT_REPORT_H_

#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"
#include "cli/cache_report.h"
#include "cli/exit_code.h"
#include "cli/json.h"
#include "cli/paint.h"
#include "cli/vault_access.h"
#include "vault/check.h"
#include "vault/copy.h"
#include "vault/history.h"
#include "vault/new_vault.h"
#include "vault/pins_and_forgets.h"
#include "vault/rewrap.h"

/// What `lifeboat vault` prints; fields in docs/json-output.md.
namespace lifeboat::cli {

struct CreatedVault {
  std::string url;
  vault::VaultId id;
  std::vector<vault::Capability> capabilities;
  std::vector<std::filesystem::path> key_files;
  Protection protection = Protection::unprotected;
  bool hashed_names = false;
};
[[nodiscard]] std::string created_vault_text(const CreatedVault& created);
[[nodiscard]] Json created_vault_json(const CreatedVault& created);

/// What `ls` tells of keeping and forgetting.
struct Keeping {
  vault::PinsAndForgets pins{};
  std::size_t forgotten = 0;            ///< of what the vault holds
  bool hidden = true;                   ///< whether the history is without these
  std::optional<Instant> sweep_from{};  ///< the earliest moment that one of them can be swept
};
/// Takes the forgotten ones out of the history unless `all` are to be shown.
[[nodiscard]] Keeping keeping_of(vault::History& history, const vault::Trust& trust, bool all);

[[nodiscard]] std::string snapshots_text(const vault::History& history, const Freshness& freshness,
                                         Instant now, const Paint& paint,
                                         const Keeping& keeping = {});
[[nodiscard]] Json snapshots_json(const vault::History& history, const Freshness& freshness,
                                  const Keeping& keeping = {});

[[nodiscard]] std::string snapshot_details_text(const vault::SnapshotRecord& snapshot,
                                                const vault::History& history, const Paint& paint,
                                                const Inventories& inventories = {});
[[nodiscard]] Json snapshot_details_json(const vault::SnapshotRecord& snapshot,
                                         const vault::History& history,
                                         const Inventories& inventories = {});

[[nodiscard]] std::string check_text(const vault::CheckReport& report, bool recorded,
                                     const Freshness& freshness, const Paint& paint);
[[nodiscard]] Json check_json(const vault::CheckReport& report, bool recorded,
                              const Freshness& freshness);

[[nodiscard]] std::string rewrap_text(const vault::RewrapReport& report, const Paint& paint);
[[nodiscard]] Json rewrap_json(const vault::RewrapReport& report);

[[nodiscard]] std::string copy_text(const vault::CopyReport& report, const Paint& paint);
[[nodiscard]] Json copy_json(const vault::CopyReport& report);

/// A line or more for each problem: what it is, the object, and what is wrong with it.
[[nodiscard]] std::string problem_lines(const std::vector<vault::Problem>& problems,
                                        const Paint& paint);
[[nodiscard]] Json problems_json(const std::vector<vault::Problem>& problems);

/// The gravest of some problems as an exit code: stale 14, denied 12, anything else 3; none: 0.
[[nodiscard]] ExitCode exit_code_of(const std::vector<vault::Problem>& problems);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_VAULT_REPORT_H_
