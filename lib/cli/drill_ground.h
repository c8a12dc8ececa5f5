#ifndef LIFEBOAT_CLI_DRILL_GROUND_H_
#define LIFEBOAT_CLI_DRILL_GROUND_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/session.h"
#include "cli/vault_access.h"
#include "drill/result.h"
#include "rehearse/run_drill.h"

namespace lifeboat::cli {

/// --drills DIR, --state-dir DIR, --scratch-dir DIR.
struct DrillPlaces {
  std::optional<std::string> drills = {};
  std::optional<std::string> state = {};
  void declare(OptionSet& set);
};

/// The vault, opened so that a result can be written even after a stop, and where drills run.
struct DrillGround {
  OpenVault vault;
  std::unique_ptr<rehearse::Ground> ground;
};

/// Throws Error(denied) naming the variable if none of the roles' credentials is set.
[[nodiscard]] DrillGround open_ground(Session& session, const DrillPlaces& places,
                                      const std::vector<config::Role>& roles);

/// Writes a result into the vault and remembers the heads. If that fails the operator is told why,
/// and nothing is returned: the result itself still counts.
[[nodiscard]] std::optional<vault::Link> try_record(Session& session, const vault::Vault& vault,
                                                    const drill::Result& result);

/// Clears what killed runs left here, and records each as aborted. Returns their results.
std::vector<drill::Result> reap_and_record(Session& session, const DrillGround& place);

/// docs/drills.md, "Exit codes".
[[nodiscard]] ExitCode exit_code_of(const drill::Result& result) noexcept;

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_DRILL_GROUND_H_
