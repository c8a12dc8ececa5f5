#include "cli/vault_check_verb.h"

#include <charconv>

#include "base/error.h"
#include "cli/option_groups.h"
#include "cli/vault_access.h"
#include "cli/vault_report.h"
#include "vault/check.h"

namespace lifeboat::cli {
namespace {

struct CheckOptions {
  bool packs = false;
  bool decrypt = false;
  std::optional<std::string> part;
  std::optional<std::chrono::seconds> max_time;
};

void declare_check(OptionSet& set, CheckOptions& options) {
  set.flag("packs", options.packs, "read every pack and compare its hash");
  set.flag("decrypt", options.decrypt, "and decrypt everything in it (needs an identity)");
  set.value("part", options.part, "K/N", "of packs only every Nth, the Kth part: 1/7 on Mondays");
  set.duration("max-time", options.max_time, "TIME", "read no further pack after so long: 10m");
  declare_vault_options(set);
}

/// "3/7". Throws Error(usage).
vault::PackChoice choice_of(const CheckOptions& options) {
  vault::PackChoice choice;
  choice.max_time = options.max_time;
  if ((options.part || options.max_time) && !options.packs && !options.decrypt) {
    throw Error(ErrorKind::usage, "--part and --max-time choose packs, and none is read",
                "add --packs or --decrypt");
  }
  if (!options.part) return choice;
  const std::string& text = *options.part;
  const char* const end = text.data() + text.size();
  const auto part = std::from_chars(text.data(), end, choice.part);
  const bool divided = part.ec == std::errc() && part.ptr != end && *part.ptr == '/';
  const auto parts = divided ? std::from_chars(part.ptr + 1, end, choice.parts) : part;
  if (!divided || parts.ec != std::errc() || parts.ptr != end || choice.part < 1 ||
      choice.part > choice.parts) {
    throw Error(ErrorKind::usage, "--part is no part of a whole", "write K/N, as in 3/7");
  }
  return choice;
}

ExitCode run_check(const CheckOptions& options, Session& session) {
  const vault::PackChoice choice = choice_of(options);
  const std::vector<config::Role> only_reader = {config::Role::identity};
  const auto open = open_vault(session, options.decrypt ? only_reader : reading_roles());
  const auto depth = options.decrypt ? vault::CheckDepth::decrypt
                     : options.packs ? vault::CheckDepth::packs
                                     : vault::CheckDepth::structure;
  const auto report = vault::check(*open.vault, depth, session.observer(), session.stop(), choice);
  session.print(check_text(report, open.freshness, session.paint()),
                check_json(report, open.freshness));
  return exit_code_of(report.problems);
}

}  // namespace

Verb vault_check_verb() {
  return {{.name = "check",
           .summary = "Check the vault: signatures, chains, indexes, packs.",
           .synopsis = "[OPTION]...",
           .details = "Changes nothing. Without --packs only names, sizes and metadata are read.",
           .examples = {{"lifeboat vault check", "structure only, quick"},
                        {"lifeboat vault check --packs --part 3/7 --max-time 10m",
                         "a seventh of all bytes, each day another"},
                        {"lifeboat vault check --decrypt", "every byte"}},
           .exit_codes = {ExitCode::findings, ExitCode::not_found, ExitCode::denied,
                          ExitCode::unavailable, ExitCode::stale, ExitCode::refused},
           .environment = {"LIFEBOAT_VAULT", "LIFEBOAT_IDENTITY", "LIFEBOAT_VIEWER",
                           "LIFEBOAT_WRITER", "LIFEBOAT_OPERATOR", "LIFEBOAT_PRUNER"}},
          prepare<CheckOptions>(declare_check, run_check)};
}

}  // namespace lifeboat::cli
