// lifeboat-drill: rehearses restores. Each verb lives in lib/cli/drill_*_verb.cpp; the work is in
// lib/rehearse, the values in lib/drill.
#include "cli/drill_report_verb.h"
#include "cli/drill_verbs.h"
#include "cli/run_tool.h"

namespace cli = lifeboat::cli;

int main(int argc, char** argv) {
  const cli::ToolInfo tool = {
      .name = "drill",
      .summary = "Rehearse restores, and keep the results.",
      .synopsis = "VERB [OPTION]...",
      .details =
          "A drill is a file: which snapshot, into what scratch, which objectives, which "
          "questions. docs/drills.md explains it.",
      .examples = {{"lifeboat drill run weekly-restore", "now"},
                   {"lifeboat drill lint", "are all files right?"}},
      .exit_codes = {},
      .environment = {}};
  return cli::run_tool(tool, argc, argv,
                       {cli::drill_run_verb(), cli::drill_tick_verb(), cli::drill_report_verb(),
                        cli::drill_history_verb(), cli::drill_gate_verb(), cli::drill_lint_verb()});
}
