#ifndef LIFEBOAT_CLI_JOB_REPORT_H_
#define LIFEBOAT_CLI_JOB_REPORT_H_

#include <string>

#include "cli/json.h"
#include "cli/paint.h"
#include "cli/vault_access.h"
#include "cli/vault_copies.h"
#include "restore/plan.h"
#include "restore/restore.h"
#include "snapshot/snapshot.h"
#include "verify/verify.h"

/// What snapshot, restore and verify print; fields in docs/json-output.md.
namespace lifeboat::cli {

struct SnapshotSurroundings {
  Protection protection = Protection::unprotected;
  bool separation = true;
  std::vector<CopyOutcome> copies = {};
};
[[nodiscard]] std::string snapshot_report_text(const snapshot::Report& report,
                                               const SnapshotSurroundings& surroundings,
                                               const Paint& paint);
[[nodiscard]] Json snapshot_report_json(const snapshot::Report& report,
                                        const SnapshotSurroundings& surroundings);

[[nodiscard]] std::string restore_plan_text(const restore::Plan& plan, const Paint& paint);
[[nodiscard]] Json restore_plan_json(const restore::Plan& plan);

[[nodiscard]] std::string restore_report_text(const restore::Report& report, const Paint& paint);
[[nodiscard]] Json restore_report_json(const restore::Report& report);

[[nodiscard]] std::string verify_report_text(const verify::Report& report, const Paint& paint);
[[nodiscard]] Json verify_report_json(const verify::Report& report);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_JOB_REPORT_H_
