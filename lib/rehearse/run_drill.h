#ifndef LIFEBOAT_REHEARSE_RUN_DRILL_H_
#define LIFEBOAT_REHEARSE_RUN_DRILL_H_

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/observer.h"
#include "base/secret.h"
#include "config/scenario.h"
#include "drill/result.h"
#include "rehearse/ledger.h"
#include "vault/vault.h"

namespace lifeboat::rehearse {

/// What is drilled must never be the original: a source's database.
struct Production {
  std::string source;
  Secret url;
};

/// Where drills run, whichever they are.
struct Ground {
  const vault::Vault& vault;
  const Clock& clock;
  Observer& observer;
  std::filesystem::path tools;              ///< folder of the executables
  std::vector<std::string> tool_arguments;  ///< every tool gets: --vault=…, --config=…
  std::filesystem::path scratch_parent;     ///< of throwaway servers
  std::filesystem::path state_folder;       ///< of the ledger
  std::vector<Production> production;
  std::function<Secret(const std::string& reference)> resolve;
  std::string program;  ///< "lifeboat 0.1.0"
};

struct DrillRequest {
  const config::Scenario& scenario;
  std::string scenario_sha256 = {};
  drill::Trigger trigger = drill::Trigger::hand;
  std::optional<Instant> due = {};
};

/// Throws Error(refused) if the clock is wrong by more than five minutes, as far as the store can
/// tell, or if the scratch is a source's own database, by its live identity; unavailable. To be
/// called before anything is made.
void require_safe_ground(const Ground& ground, const config::Scenario& scenario,
                         const std::stop_token& stop);

/// One drill from declared to cleaned up: docs/format/drill.md. Whatever goes wrong is in the
/// result; a stop makes it `aborted`, after at most kEndPatience. Throws only what the ledger does,
/// before anything is made. Records nothing: until close_run() the ledger holds the run, so that
/// one whose process is killed before its result is in the vault is told as aborted.
[[nodiscard]] drill::Result run_drill(const Ground& ground, const DrillRequest& request,
                                      const std::stop_token& stop);

/// The result is on record, or told: the run is over, unless something of it was left behind.
void close_run(const Ground& ground, const drill::Result& result);

/// Writes the result into the vault, signed: a record of kind 7. Throws what
/// vault::append_json_record() does.
vault::Link record_result(const vault::Vault& vault, const drill::Result& result);

/// Clears what killed runs left on this machine, and returns a result for each, verdict `aborted`.
/// The caller records them, and then calls forget_intent().
[[nodiscard]] std::vector<drill::Result> reap_left_runs(const Ground& ground,
                                                        const std::stop_token& stop);
void forget_intent(const Ground& ground, const std::string& run);

/// "weekly-restore-20261123t0115z", by hand "weekly-restore-20261123t011504zh".
[[nodiscard]] std::string run_name(const std::string& drill, const std::optional<Instant>& due,
                                   Instant declared);

[[nodiscard]] std::string host_name();

}  // namespace lifeboat::rehearse

#endif  // LIFEBOAT_REHEARSE_RUN_DRILL_H_
