#include "notify/sample.h"

#include <algorithm>
#include <array>

#include "base/error.h"

namespace lifeboat::notify {
namespace {

constexpr std::array kFamilies = {
    Family{"lifeboat_restore_last_verified_timestamp_seconds",
           "When a snapshot of this source was last restored and found equal."},
    Family{"lifeboat_backup_last_success_timestamp_seconds",
           "When the newest complete snapshot of this source was committed."},
    Family{"lifeboat_backup_last_attempt_timestamp_seconds",
           "When a snapshot of this source was last begun."},
    Family{"lifeboat_backup_last_status",
           "0 if the last attempt to take a snapshot of this source succeeded, else 1."},
    Family{"lifeboat_backup_schedule_seconds",
           "Longest time between two snapshots of this source by its schedule."},
    Family{"lifeboat_backup_duration_seconds", "How long the newest snapshot of this source took."},
    Family{"lifeboat_backup_source_bytes", "Bytes read from this source by its newest snapshot."},
    Family{"lifeboat_backup_stored_bytes",
           "Bytes that the newest snapshot of this source needs in the vault, shared ones too."},
    Family{"lifeboat_backup_new_bytes",
           "Bytes that the newest snapshot of this source added to the vault."},
    Family{"lifeboat_backup_rows", "Rows or keys in the newest snapshot of this source."},
    Family{"lifeboat_snapshots", "Snapshots of this source in the vault that are not forgotten."},
    Family{"lifeboat_oldest_snapshot_timestamp_seconds",
           "Moment of the oldest snapshot of this source."},
    Family{"lifeboat_recovery_point_timestamp_seconds",
           "Moment to which this source can be restored."},
    Family{"lifeboat_drill_last_run_timestamp_seconds", "When this drill last ended."},
    Family{"lifeboat_drill_last_pass_timestamp_seconds", "When this drill last passed."},
    Family{"lifeboat_drill_verdict", "1 for the verdict that this drill ended with last, else 0."},
    Family{"lifeboat_drill_rto_objective_seconds", "Time that this drill may take to recover."},
    Family{"lifeboat_drill_rta_seconds", "Time that this drill took to recover."},
    Family{"lifeboat_drill_rpo_objective_seconds", "Age of data that this drill may lose."},
    Family{"lifeboat_drill_rpa_seconds", "Age of data that this drill lost."},
    Family{"lifeboat_drill_phase_duration_seconds", "How long a phase of this drill took."},
    Family{"lifeboat_drill_assertions", "Assertions of the last run of this drill by result."},
    Family{"lifeboat_drill_restore_bytes_per_second", "Speed of the restore in this drill."},
    Family{"lifeboat_drill_leaked_resources",
           "Resources that the last run of this drill left behind."},
    Family{"lifeboat_drill_runs_total", "Runs of this drill on record, by verdict.", true},
    Family{"lifeboat_error_budget_remaining_ratio",
           "Share of the drills allowed to go wrong in 90 days that is left."},
    Family{"lifeboat_rto_breach_forecast_timestamp_seconds",
           "Day on which this drill will miss its time, by growth and measured speed."},
    Family{"lifeboat_runbook_verified", "1 if this runbook passed a drill since its last change."},
    Family{"lifeboat_runbook_step_duration_seconds",
           "How long a step of this runbook took in its last drill."},
    Family{"lifeboat_tick_last_timestamp_seconds", "When the scheduler last called drill tick."},
    Family{"lifeboat_key_holders_available", "Holders of keys that can open the vault."},
    Family{"lifeboat_repo_immutable_until_timestamp_seconds",
           "Time until which the store lets nobody delete the newest snapshot."},
    Family{"lifeboat_build_info", "1, with the version of lifeboat as a label."},
};

}  // namespace

std::span<const Family> families() noexcept { return kFamilies; }

const Family& family_named(std::string_view name) {
  const auto* const at = std::ranges::find(kFamilies, name, &Family::name);
  if (at != kFamilies.end()) return *at;
  throw Error(ErrorKind::internal, "there is no metric " + std::string(name));
}

}  // namespace lifeboat::notify
