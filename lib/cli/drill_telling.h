#ifndef LIFEBOAT_CLI_DRILL_TELLING_H_
#define LIFEBOAT_CLI_DRILL_TELLING_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/drill_tick_report.h"
#include "cli/session.h"
#include "drill/result.h"
#include "drill/tick_plan.h"
#include "notify/notifier.h"
#include "vault/vault.h"

namespace lifeboat::cli {

/// Tells the sinks of [notify] what became of drills and snapshots, once the vault has it on
/// record. Make it when the job begins. Never throws for what a sink does. docs/notifications.md.
class DrillTelling {
 public:
  /// The verdicts that a drill's file asks to be told of; nothing = that drill is not known here.
  using AskedOn = std::function<const std::vector<std::string>*(const std::string& drill)>;

  explicit DrillTelling(Session& session);

  /// That a drill begins: a healthchecks server times it.
  void begins(const std::string& drill, const std::string& run);

  /// One result. Reads the vault's history, where anybody is to be told.
  void tell(const vault::Vault& vault, const drill::Result& result, const AskedOn& asked_on);

  /// All that a tick did, how old the proofs are, and the numbers. With nothing done only sinks of
  /// numbers are told, and the history is read for them alone. `recurring` = what is due by
  /// schedule.
  void tell(const vault::Vault& vault, const TickStory& story,
            const std::vector<drill::Recurring>& recurring, const AskedOn& asked_on);

 private:
  [[nodiscard]] bool has_sinks() const { return !notifier_->sinks().empty(); }
  [[nodiscard]] bool has_numbers() const;

  Session& session_;
  std::unique_ptr<notify::Notifier> notifier_;
};

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_DRILL_TELLING_H_
