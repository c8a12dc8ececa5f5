#ifndef LIFEBOAT_CLI_FRESHNESS_H_
#define LIFEBOAT_CLI_FRESHNESS_H_

#include <string>
#include <vector>

#include "cli/json.h"
#include "cli/session.h"
#include "vault/witness.h"

/// Whether the vault at hand is the newest state of itself: what --expect-head, --max-age and this
/// machine's memory say. docs/threat-model.md, "Rollback".
namespace lifeboat::cli {

struct Freshness {
  /// Somebody outside the store had seen a head, and the store still shows it.
  bool witnessed = false;
};

/// Asks every witness that there is, then remembers the heads of today. Throws stale if one of them
/// has seen more than the store shows; usage, not_found on a head that was mistyped.
[[nodiscard]] Freshness require_fresh(Session& session, const vault::Vault& vault);

/// Logs the newest head, and remembers all, once a record was written.
void note_heads(Session& session, const vault::Vault& vault,
                const std::vector<vault::SeenHead>& heads);

/// The heads as they stand in results.
[[nodiscard]] Json heads_json(const std::vector<vault::SeenHead>& heads);
/// "witnessed" or "not_provable".
[[nodiscard]] std::string_view name_of(const Freshness& freshness) noexcept;
/// What a reader is told who sees a vault for the first time; else "".
[[nodiscard]] std::string freshness_text(const Freshness& freshness,
                                         const std::vector<vault::SeenHead>& heads);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_FRESHNESS_H_
