#ifndef LIFEBOAT_DRILL_TICK_PLAN_H_
#define LIFEBOAT_DRILL_TICK_PLAN_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "drill/schedule.h"
#include "vault/claim.h"

/// What a tick does, from what the store lists and what time it is. Pure.
namespace lifeboat::drill {

enum class Matter { snapshot, drill };

/// "snapshot", "drill": kinds of claims.
[[nodiscard]] std::string name_of(Matter matter);

/// Something that comes due again and again.
struct Recurring {
  Matter matter = Matter::drill;
  std::string name;  ///< of the source or the drill
  Schedule schedule;
};

enum class Act {
  start,         ///< take it up
  tell_missed,   ///< nobody did in time
  tell_aborted,  ///< somebody did, and never ended
};

struct TickStep {
  std::size_t which = 0;  ///< place in the list of what recurs
  Instant due;
  std::uint64_t attempt = 1;  ///< of the claim that this step begins with
  Act act = Act::start;
};

using Claims = std::map<vault::Claimed, vault::ClaimState>;

/// The claims of these matters that have no end yet: somebody is at work, or was killed. Whoever
/// plans has to find out which of them have lapsed.
[[nodiscard]] std::vector<vault::Claimed> open_claims(const std::vector<Recurring>& recurring,
                                                      const Claims& claims);

/// Steps in order. What is open and has not lapsed is left alone, and its matter is not started
/// again. Of several due times of one matter the newest is started, the others are missed; a drill
/// whose start_within is over is missed too. A matter that was never claimed owes nothing from
/// before its last due time.
[[nodiscard]] std::vector<TickStep> plan_tick(const std::vector<Recurring>& recurring,
                                              const Claims& claims,
                                              const std::set<vault::Claimed>& lapsed, Instant now);

/// How often a snapshot that failed is tried again before its next due time.
inline constexpr std::uint64_t kMostAttempts = 8;

}  // namespace lifeboat::drill

#endif  // LIFEBOAT_DRILL_TICK_PLAN_H_
