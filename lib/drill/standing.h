#ifndef LIFEBOAT_DRILL_STANDING_H_
#define LIFEBOAT_DRILL_STANDING_H_

#include <optional>
#include <vector>

#include "drill/result.h"
#include "notify/standing.h"
#include "vault/history.h"

/// What monitoring is told, from what the vault's records say. Pure.
namespace lifeboat::drill {

/// The numbers of one drill. `results` are its own, in the order in which they were declared; what
/// was measured last stays, even if a later run measured nothing, and what the last run left behind
/// stays when one is missed after it.
[[nodiscard]] notify::DrillStanding standing_of(const std::vector<Result>& results,
                                                const std::optional<Instant>& rto_breach_forecast);

/// The numbers of every source that holds data, in the order of their names. A source's schedule
/// and its last attempt stand in no record: the caller adds them. Snapshots whose bodies the key at
/// hand does not open are of no known source, and count for none.
[[nodiscard]] std::vector<notify::SourceStanding> source_standings(const vault::History& history);

}  // namespace lifeboat::drill

#endif  // LIFEBOAT_DRILL_STANDING_H_
