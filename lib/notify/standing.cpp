#include "notify/standing.h"

#include <algorithm>

namespace lifeboat::notify {
namespace {

using Labels = std::vector<std::pair<std::string_view, std::string>>;

/// Collects samples by the kind of value that they have.
class Samples {
 public:
  void add(std::string_view name, const Labels& labels, double value) {
    samples_.push_back({family_named(name).name, labels, value});
  }
  void add(std::string_view name, const Labels& labels, const std::optional<double>& value) {
    if (value) add(name, labels, *value);
  }
  void add(std::string_view name, const Labels& labels, const std::optional<std::uint64_t>& value) {
    if (value) add(name, labels, static_cast<double>(*value));
  }
  void add(std::string_view name, const Labels& labels, const std::optional<Instant>& value) {
    if (value) add(name, labels, static_cast<double>(value->time_since_epoch().count()) / 1000);
  }
  void add(std::string_view name, const Labels& labels,
           const std::optional<std::chrono::milliseconds>& value) {
    if (value) add(name, labels, static_cast<double>(value->count()) / 1000);
  }

  /// Family by family: Prometheus wants the samples of a name together.
  [[nodiscard]] std::vector<Sample> sorted() && {
    const auto place = [](const Sample& sample) { return &family_named(sample.name); };
    std::ranges::stable_sort(samples_, {}, place);
    return std::move(samples_);
  }

 private:
  std::vector<Sample> samples_;
};

void add_source(Samples& samples, const std::string& app, const SourceStanding& source) {
  const Labels labels = {{"app", app}, {"source", source.name}};
  samples.add("lifeboat_restore_last_verified_timestamp_seconds", labels, source.last_verified);
  samples.add("lifeboat_backup_last_success_timestamp_seconds", labels, source.last_success);
  samples.add("lifeboat_backup_last_attempt_timestamp_seconds", labels, source.last_attempt);
  if (source.last_status) {
    samples.add("lifeboat_backup_last_status", labels, static_cast<double>(*source.last_status));
  }
  samples.add("lifeboat_backup_schedule_seconds", labels,
              std::optional<std::chrono::milliseconds>(source.schedule));
  samples.add("lifeboat_backup_duration_seconds", labels, source.duration);
  samples.add("lifeboat_backup_source_bytes", labels, source.source_bytes);
  samples.add("lifeboat_backup_stored_bytes", labels, source.stored_bytes);
  samples.add("lifeboat_backup_new_bytes", labels, source.new_bytes);
  samples.add("lifeboat_backup_rows", labels, source.rows);
  samples.add("lifeboat_snapshots", labels, source.snapshots);
  samples.add("lifeboat_oldest_snapshot_timestamp_seconds", labels, source.oldest_snapshot);
  samples.add("lifeboat_recovery_point_timestamp_seconds", labels, source.recovery_point);
}

Labels with(Labels labels, std::string_view name, const std::string& value) {
  labels.emplace_back(name, value);
  return labels;
}

void add_last_run(Samples& samples, const Labels& labels, const DrillStanding& drill) {
  if (!drill.verdict.empty()) {
    for (const std::string_view verdict : kVerdicts) {
      samples.add("lifeboat_drill_verdict", with(labels, "verdict", std::string(verdict)),
                  verdict == drill.verdict ? 1.0 : 0.0);
    }
  }
  for (const auto& [phase, took] : drill.phases) {
    samples.add("lifeboat_drill_phase_duration_seconds", with(labels, "phase", phase),
                std::optional(took));
  }
  for (const auto& [result, count] : drill.assertions) {
    samples.add("lifeboat_drill_assertions", with(labels, "result", result), std::optional(count));
  }
}

void add_drill(Samples& samples, const std::string& app, const DrillStanding& drill) {
  const Labels labels = {{"app", app}, {"drill", drill.name}};
  samples.add("lifeboat_drill_last_run_timestamp_seconds", labels, drill.last_run);
  samples.add("lifeboat_drill_last_pass_timestamp_seconds", labels, drill.last_pass);
  add_last_run(samples, labels, drill);
  samples.add("lifeboat_drill_rto_objective_seconds", labels, drill.rto);
  samples.add("lifeboat_drill_rta_seconds", labels, drill.rta);
  samples.add("lifeboat_drill_rpo_objective_seconds", labels, drill.rpo);
  samples.add("lifeboat_drill_rpa_seconds", labels, drill.rpa);
  samples.add("lifeboat_drill_restore_bytes_per_second", labels, drill.restore_bytes_per_second);
  samples.add("lifeboat_drill_leaked_resources", labels, drill.leaked);
  for (const auto& [verdict, count] : drill.runs) {
    samples.add("lifeboat_drill_runs_total", with(labels, "verdict", verdict),
                std::optional(count));
  }
  samples.add("lifeboat_rto_breach_forecast_timestamp_seconds", labels, drill.rto_breach_forecast);
}

void add_runbook(Samples& samples, const std::string& app, const RunbookStanding& runbook) {
  const Labels labels = {{"app", app}, {"runbook", runbook.name}};
  samples.add("lifeboat_runbook_verified", labels, runbook.verified ? 1.0 : 0.0);
  for (const auto& [step, took] : runbook.steps) {
    samples.add("lifeboat_runbook_step_duration_seconds", with(labels, "step", step),
                std::optional(took));
  }
}

}  // namespace

std::vector<Sample> samples_of(const Standing& standing) {
  Samples samples;
  for (const SourceStanding& source : standing.sources) add_source(samples, standing.app, source);
  for (const DrillStanding& drill : standing.drills) add_drill(samples, standing.app, drill);
  for (const RunbookStanding& runbook : standing.runbooks) {
    add_runbook(samples, standing.app, runbook);
  }
  const Labels app = {{"app", standing.app}};
  samples.add("lifeboat_error_budget_remaining_ratio", app, standing.error_budget_remaining);
  samples.add("lifeboat_tick_last_timestamp_seconds", app, standing.last_tick);
  samples.add("lifeboat_key_holders_available", app, standing.key_holders);
  samples.add("lifeboat_repo_immutable_until_timestamp_seconds", app, standing.immutable_until);
  if (!standing.version.empty()) {
    samples.add("lifeboat_build_info", with(app, "version", standing.version), 1.0);
  }
  return std::move(samples).sorted();
}

}  // namespace lifeboat::notify
