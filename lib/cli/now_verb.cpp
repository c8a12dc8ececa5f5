#include "cli/now_verb.h"

#include "cli/now_facts.h"
#include "cli/now_report.h"
#include "cli/option_groups.h"

namespace lifeboat::cli {
namespace {

struct Options {
  std::string runbooks;
};

void declare(OptionSet& set, Options& options) {
  set.value(
      "runbooks", options.runbooks, "DIR",
      "where runbooks lie (default: LIFEBOAT_RUNBOOKS, ./runbooks, those that were installed)");
  declare_vault_options(set);
}

ExitCode run(const Options& options, Session& session) {
  const NowReport report = make_now_report(gather_now_facts(session, options.runbooks));
  session.print(now_report_text(report, session.paint()), now_report_json(report));
  return exit_code_of(report);
}

}  // namespace

Verb now_verb() {
  return {
      {.name = "now",
       .summary = "Say what would come back if everything were lost now.",
       .synopsis = "[OPTION]...",
       .details = "One screen: whether the data is recoverable, as of when, in about what time, "
                  "what is missing, who can read, and which runbook fits. It reads the "
                  "configuration and the vault, and asks no database and no platform. If the "
                  "vault cannot be read, it shows what is known here; the exit code then says "
                  "why. 3: at risk, or not recoverable.",
       .examples = {{"lifeboat now", "at three in the morning"},
                    {"lifeboat now --json | jq -r .standing", "for a monitor"}},
       .exit_codes = {ExitCode::findings, ExitCode::not_found, ExitCode::denied,
                      ExitCode::unavailable, ExitCode::stale},
       .environment = {"LIFEBOAT_RUNBOOKS", "LIFEBOAT_VAULT", "LIFEBOAT_IDENTITY",
                       "LIFEBOAT_VIEWER", "LIFEBOAT_WRITER", "LIFEBOAT_OPERATOR",
                       "LIFEBOAT_PRUNER"}},
      prepare<Options>(declare, run)};
}

}  // namespace lifeboat::cli
