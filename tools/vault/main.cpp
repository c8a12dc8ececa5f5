// lifeboat-vault: makes a vault and looks into it. The work is in lib/vault; what is printed is
// made in lib/cli/vault_report_*.cpp.
#include <algorithm>

#include "cli/option_groups.h"
#include "cli/run_tool.h"
#include "cli/snapshot_argument.h"
#include "cli/store_policy.h"
#include "cli/vault_access.h"
#include "cli/vault_check_verb.h"
#include "cli/vault_copies.h"
#include "cli/vault_cost_verb.h"
#include "cli/vault_create_verb.h"
#include "cli/vault_export_verb.h"
#include "cli/vault_forget_verb.h"
#include "cli/vault_identity_verbs.h"
#include "cli/vault_keep_verb.h"
#include "cli/vault_keys_verbs.h"
#include "cli/vault_report.h"
#include "cli/vault_rewrap_verb.h"
#include "cli/vault_sweep_verb.h"

namespace {

namespace cli = lifeboat::cli;
namespace vault = lifeboat::vault;
using cli::ExitCode;

const std::vector<std::string_view> kReaderVariables = {"LIFEBOAT_VAULT",    "LIFEBOAT_IDENTITY",
                                                        "LIFEBOAT_VIEWER",   "LIFEBOAT_WRITER",
                                                        "LIFEBOAT_OPERATOR", "LIFEBOAT_PRUNER"};

const std::vector<ExitCode> kReadingCodes = {ExitCode::findings, ExitCode::not_found,
                                             ExitCode::denied,   ExitCode::unavailable,
                                             ExitCode::stale,    ExitCode::refused};

struct ListOptions {
  std::vector<std::string> sources;
  bool all = false;
};

void declare_list(cli::OptionSet& set, ListOptions& options) {
  set.list("source", options.sources, "NAME",
           "only snapshots that hold this source (more than one: any of them)");
  set.flag("all", options.all, "those too that are forgotten and not yet swept");
  cli::declare_vault_options(set);
}

ExitCode run_list(const ListOptions& options, cli::Session& session) {
  const auto open = cli::open_vault(session, cli::reading_roles());
  vault::History history = vault::read_history(*open.vault);
  vault::keep_sources(history, options.sources);
  const auto keeping = cli::keeping_of(history, open.vault->trust(), options.all);
  session.print(
      cli::snapshots_text(history, open.freshness, session.clock().now(), session.paint(), keeping),
      cli::snapshots_json(history, open.freshness, keeping));
  return cli::exit_code_of(history.problems);
}

struct ShowOptions {
  std::string snapshot;
};

void declare_show(cli::OptionSet& set, ShowOptions& options) {
  cli::declare_snapshot_argument(set, options.snapshot);
  cli::declare_vault_options(set);
}

ExitCode run_show(const ShowOptions& options, cli::Session& session) {
  const auto word = cli::snapshot_word(session, options.snapshot);
  const auto open = cli::open_vault(session, cli::reading_roles());
  const auto snapshot = vault::resolve_snapshot(*open.vault, word);
  const vault::History history = vault::read_history(*open.vault);
  const auto inventories = cli::inventories_of(*open.vault, snapshot);
  session.print(cli::snapshot_details_text(snapshot, history, session.paint(), inventories),
                cli::snapshot_details_json(snapshot, history, inventories));
  return cli::exit_code_of(history.problems);
}

std::vector<cli::Verb> verbs() {
  return {
      {{.name = "ls",
        .summary = "List the snapshots, newest first, and which are proven.",
        .synopsis = "[OPTION]...",
        .examples = {{"lifeboat vault ls", "what is there"},
                     {"lifeboat vault ls --source shop-db", "those that hold one source"},
                     {"lifeboat vault ls --json | jq '.snapshots[0].proven_at'",
                      "when the newest was proven"}},
        .exit_codes = kReadingCodes,
        .environment = kReaderVariables},
       cli::prepare<ListOptions>(declare_list, run_list)},
      {{.name = "show",
        .summary = "Show one snapshot: sources, what was not carried, proofs.",
        .synopsis = "[OPTION]... SNAPSHOT",
        .examples = {{"lifeboat vault show latest", "the newest one"},
                     {"lifeboat vault show 7f3a91c2 --json", "one by the beginning of its id"}},
        .exit_codes = kReadingCodes,
        .environment = kReaderVariables},
       cli::prepare<ShowOptions>(declare_show, run_show)},
  };
}

cli::ToolInfo tool() {
  return {.name = "vault",
          .summary = "Make a vault and look into it.",
          .synopsis = "VERB [OPTION]...",
          .examples = {{"lifeboat vault create ./vault --keys ./keys", "make one"},
                       {"lifeboat vault ls", "see what is in it"}}};
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<cli::Verb> all = {cli::vault_create_verb()};
  for (cli::Verb& verb : verbs()) all.push_back(std::move(verb));
  all.push_back(cli::vault_check_verb());
  all.push_back(cli::vault_copy_verb());
  all.push_back(cli::vault_export_verb());
  all.push_back(cli::vault_keep_verb());
  all.push_back(cli::vault_forget_verb());
  all.push_back(cli::vault_policy_verb());
  all.push_back(cli::vault_sweep_verb());
  all.push_back(cli::vault_cost_verb());
  for (cli::Verb& verb : cli::vault_keys_verbs()) all.push_back(std::move(verb));
  all.push_back(cli::vault_rewrap_verb());
  for (cli::Verb& verb : cli::vault_identity_verbs()) all.push_back(std::move(verb));
  return cli::run_tool(tool(), argc, argv, all);
}
