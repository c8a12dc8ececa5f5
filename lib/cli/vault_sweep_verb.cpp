#include "cli/vault_sweep_verb.h"

#include "base/error.h"
#include "cli/option_groups.h"
#include "cli/sweep_report.h"
#include "cli/vault_access.h"
#include "store/store_time.h"

namespace lifeboat::cli {
namespace {

struct SweepOptions {
  bool confirm = false;
  bool exclusive = false;
  std::optional<std::string> follow;
};

void declare_sweep(OptionSet& set, SweepOptions& options) {
  set.flag("confirm", options.confirm, "carry the plan out that is printed");
  set.flag("exclusive", options.exclusive,
           "no other sweep and no snapshot runs: needed where the store does not create "
           "conditionally");
  set.value("follow", options.follow, "PRIMARY",
            "the vault is a copy of this one: delete what was swept there");
  declare_vault_options(set);
}

/// Carries out the step that is due.
struct Apply {
  const vault::Vault& vault;
  Session& session;
  SweepOutcome& outcome;

  void operator()(const vault::NothingToSweep& /*step*/) const {}
  void operator()(const vault::Waiting& /*step*/) const {}
  void operator()(const vault::FinishPlan& plan) const {
    outcome.deleted = vault::apply_finish(vault, plan, session.observer(), session.stop());
  }
  void operator()(const vault::MarkPlan& plan) const {
    outcome.marked_at = vault::apply_mark(vault, plan, session.clock());
  }
  void operator()(const vault::SweepPlan& plan) const {
    outcome.deleted =
        vault::apply_sweep(vault, plan, session.clock(), session.observer(), session.stop());
  }
};

ExitCode run_follow(const SweepOptions& options, Session& session, const OpenVault& copy,
                    Instant store_time) {
  const auto original =
      open_vault_at(session, *options.follow, {config::Role::pruner}, StoreUse::copy);
  const vault::FollowPlan plan = vault::plan_follow(*copy.vault, *original.vault, store_time);
  SweepOutcome outcome{.confirmed = options.confirm, .marked_at = {}, .deleted = {}};
  if (options.confirm && !plan.going.objects.empty()) {
    outcome.deleted =
        vault::apply_finish(*copy.vault, plan.going, session.observer(), session.stop());
  }
  session.print(follow_text(plan, outcome, session.paint()), follow_json(plan, outcome));
  return ExitCode::done;
}

ExitCode run_sweep(const SweepOptions& options, Session& session) {
  const auto open = open_vault(session, {config::Role::pruner});
  vault::require_exclusive(*open.vault, options.exclusive ? vault::OtherPruners::excluded
                                                          : vault::OtherPruners::possible);
  const Instant store_time = store::require_clocks_agree(*open.store, session.clock());
  if (options.follow) return run_follow(options, session, open, store_time);
  const vault::SweepSurvey survey =
      vault::survey_for_sweep(*open.vault, store_time, session.observer(), session.stop());
  const vault::NextSweepStep step = vault::plan_next_step(survey, open.vault->trust());
  SweepOutcome outcome{.confirmed = options.confirm, .marked_at = {}, .deleted = {}};
  if (options.confirm) std::visit(Apply{*open.vault, session, outcome}, step);
  const vault::Trust& trust = open.vault->trust();
  session.print(sweep_text(step, trust, outcome, session.paint()),
                sweep_json(step, trust, outcome));
  return ExitCode::done;
}

}  // namespace

Verb vault_sweep_verb() {
  return {{.name = "sweep",
           .summary = "Delete what no snapshot needs, in two steps, days apart.",
           .synopsis = "[OPTION]...",
           .details =
               "The first run condemns (a mark): forgotten snapshots, and what nothing else needs. "
               "A run three days later (72 h, with the usual MAX_RUN) deletes it; what is needed "
               "again is spared. Each prints its plan and changes nothing without --confirm. If it "
               "is broken off, run it again.",
           .examples = {{"lifeboat vault sweep", "what is due, and from when on"},
                        {"lifeboat vault sweep --confirm", "do it: daily, from a scheduler"},
                        {"lifeboat vault sweep --follow ./vault --confirm",
                         "LIFEBOAT_VAULT names a copy: follow the original"}},
           .exit_codes = {ExitCode::findings, ExitCode::interrupted, ExitCode::not_found,
                          ExitCode::busy, ExitCode::denied, ExitCode::unavailable, ExitCode::stale,
                          ExitCode::refused},
           .environment = {"LIFEBOAT_VAULT", "LIFEBOAT_PRUNER"}},
          prepare<SweepOptions>(declare_sweep, run_sweep)};
}

}  // namespace lifeboat::cli
