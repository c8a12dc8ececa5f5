#ifndef LIFEBOAT_CLI_NOW_FACTS_H_
#define LIFEBOAT_CLI_NOW_FACTS_H_

#include <string>
#include <vector>

#include "cli/now_report.h"
#include "cli/session.h"
#include "vault/history.h"

namespace lifeboat::cli {

/// Asks the configuration, the vault and the folder of runbooks, and nobody else: no database, no
/// platform. `runbooks` as --runbooks gave it, or empty. A vault that cannot be read becomes a
/// Silence; only a broken configuration throws.
[[nodiscard]] NowFacts gather_now_facts(Session& session, const std::string& runbooks);

/// What a vault's records say of the sources that are configured, and of those that are only in
/// its snapshots. Pure.
[[nodiscard]] std::vector<SourceStanding> standings_of(
    const std::vector<config::SourceSection>& configured, const vault::History& history);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_NOW_FACTS_H_
