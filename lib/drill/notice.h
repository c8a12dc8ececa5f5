#ifndef LIFEBOAT_DRILL_NOTICE_H_
#define LIFEBOAT_DRILL_NOTICE_H_

#include <optional>
#include <string>
#include <vector>

#include "drill/result.h"
#include "notify/event.h"

/// What is told of a drill: its result as an event. All pure.
namespace lifeboat::drill {

/// The event that a result is. `previous` is the verdict of the drill's result before it, absent if
/// there is none; `runbook` may be empty. The caller adds the vault's heads. Its id is the UUID of
/// the run, so that a result told twice is one event; so is `run`, which run_id_of() gives to the
/// event of the start.
[[nodiscard]] notify::Event event_of(const Result& result, const std::string& app,
                                     const std::optional<Verdict>& previous,
                                     const std::string& runbook);

/// The UUID of a run (docs/format/drill.md §2 `run`), the same in every process.
[[nodiscard]] std::string run_id_of(const std::string& run);

/// Whether a scenario's [notify] on asks for a result: verdicts and first_success_after_failure;
/// none given = every verdict but passed.
[[nodiscard]] bool asked_for(const std::vector<std::string>& on, Verdict verdict,
                             const std::optional<Verdict>& previous);

}  // namespace lifeboat::drill

#endif  // LIFEBOAT_DRILL_NOTICE_H_
