#ifndef LIFEBOAT_REHEARSE_QUESTION_H_
#define LIFEBOAT_REHEARSE_QUESTION_H_

#include <optional>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/secret.h"
#include "config/scenario.h"
#include "drill/result.h"

namespace lifeboat::rehearse {

/// A scratch that holds what was restored.
struct Restored {
  std::string source;
  std::string kind;  ///< "postgres", "redis"
  Secret url;
};

/// Asks one assertion of a scratch, or of none (`restored` = null). What goes wrong is in the
/// outcome (AssertionResult::error); throws cancelled alone. A program gets LIFEBOAT_SCRATCH_URL
/// and no credential of lifeboat's. Blocks for `within` at the most, and the time a connection
/// takes.
[[nodiscard]] drill::AssertionOutcome ask(const config::ScenarioAssertion& assertion,
                                          const Restored* restored, const std::stop_token& stop);

/// The heartbeat row of a restored Postgres, or nothing if there is none.
[[nodiscard]] std::optional<Instant> read_heartbeat(const Restored& restored,
                                                    const std::stop_token& stop);

}  // namespace lifeboat::rehearse

#endif  // LIFEBOAT_REHEARSE_QUESTION_H_
