#ifndef LIFEBOAT_DRILL_EXPECTATION_H_
#define LIFEBOAT_DRILL_EXPECTATION_H_

#include <optional>
#include <string>

#include "base/clock.h"
#include "config/scenario.h"
#include "drill/result.h"

/// What an assertion expects of an answer. Pure.
namespace lifeboat::drill {

/// "at least 1000", "equal to ok", "at least 1 and at most 9"; empty = nothing.
[[nodiscard]] std::string expected_text(const config::ScenarioAssertion& assertion);

/// pass; warn or fail by its severity; error if a number is expected and the answer is none.
[[nodiscard]] AssertionResult judge_answer(const config::ScenarioAssertion& assertion,
                                           const std::string& found);

/// A timestamptz as Postgres writes it with DateStyle ISO in UTC, or seconds since 1970.
[[nodiscard]] std::optional<Instant> parse_beat(const std::string& text);

}  // namespace lifeboat::drill

#endif  // LIFEBOAT_DRILL_EXPECTATION_H_
