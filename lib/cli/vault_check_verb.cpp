#include "cli/vault_check_verb.h"

#include <charconv>

#include "base/error.h"
#include "cli/option_groups.h"
#include "cli/vault_access.h"
#include "cli/vault_report.h"
#include "store/store_time.h"
#include "vault/check.h"

namespace lifeboat::cli {
namespace {

struct CheckOptions {
  bool packs = false;
  bool decrypt = false;
  std::optional<std::string> part;
  std::optional<std::chrono::seconds> max_time;
  std::optional<std::chrono::seconds> recheck_after;
  bool record = false;
};

void declare_check(OptionSet& set, CheckOptions& options) {
  set.flag("packs", options.packs, "read every pack and compare its hash");
  set.flag("decrypt", options.decrypt, "and decrypt everything in it (needs an identity)");
  set.value("part", options.part, "K/N", "of packs only every Nth, the Kth part: 1/7 on Mondays");
  set.duration("max-time", options.max_time, "TIME", "read no further pack after so long: 10m");
  set.duration("recheck-after", options.recheck_after, "TIME",
               "read only what no check on record has read for so long: 30d");
  set.flag("record", options.record,
           "put on record what was read (needs an identity or an operator)");
  declare_vault_options(set);
}

/// "3/7". Throws Error(usage).
vault::PackChoice choice_of(const CheckOptions& options) {
  vault::PackChoice choice;
  choice.max_time = options.max_time;
  choice.recheck_after = options.recheck_after;
  const bool chooses = options.part || options.max_time || options.recheck_after || options.record;
  if (chooses && !options.packs && !options.decrypt) {
    throw Error(ErrorKind::usage,
                "--part, --max-time, --recheck-after and --record are about packs, and none is "
                "read",
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

std::vector<config::Role> roles_for(const CheckOptions& options) {
  if (options.decrypt) return {config::Role::identity};
  if (options.record) return {config::Role::identity, config::Role::operator_};
  return reading_roles();
}

/// Nothing if it went well; else what the check found is told all the same.
std::optional<ErrorKind> failure_to_record(Session& session, const vault::Vault& vault,
                                           const vault::PacksRead& read, Instant started) {
  try {
    static_cast<void>(vault::record_check(vault, read, started, session.clock().now()));
    return std::nullopt;
  } catch (const Error& error) {
    session.warn("what was read is not on record, and the next check reads it again: " +
                 error.message());
    return error.kind();
  }
}

ExitCode run_check(const CheckOptions& options, Session& session) {
  vault::PackChoice choice = choice_of(options);
  const auto open = open_vault(session, roles_for(options));
  if (options.recheck_after || options.record) {
    choice.place = {place_of_vault(session),
                    store::require_clocks_agree(*open.store, session.clock())};
  }
  const auto depth = options.decrypt ? vault::CheckDepth::decrypt
                     : options.packs ? vault::CheckDepth::packs
                                     : vault::CheckDepth::structure;
  const Instant started = session.clock().now();
  const auto report = vault::check(*open.vault, depth, session.observer(), session.stop(), choice);
  std::optional<ErrorKind> unrecorded;
  const bool to_record = options.record && report.read;
  if (to_record) unrecorded = failure_to_record(session, *open.vault, *report.read, started);
  const bool recorded = to_record && !unrecorded;
  session.print(check_text(report, recorded, open.freshness, session.paint()),
                check_json(report, recorded, open.freshness));
  if (unrecorded && report.problems.empty()) return exit_code_of(*unrecorded);
  return exit_code_of(report.problems);
}

}  // namespace

Verb vault_check_verb() {
  return {{.name = "check",
           .summary = "Check the vault: signatures, chains, indexes, packs.",
           .synopsis = "[OPTION]...",
           .details =
               "Changes nothing but the record chain, with --record. Without --packs only names, "
               "sizes and metadata are read.",
           .examples = {{"lifeboat vault check", "structure only, quick"},
                        {"lifeboat vault check --packs --part 3/7 --max-time 10m",
                         "a seventh of all bytes, each day another"},
                        {"lifeboat vault check --packs --recheck-after 30d --max-time 10m --record",
                         "for a scheduler: ten minutes, on from where the last one ended"},
                        {"lifeboat vault check --decrypt", "every byte"}},
           .exit_codes = {ExitCode::findings, ExitCode::not_found, ExitCode::denied,
                          ExitCode::unavailable, ExitCode::stale, ExitCode::refused},
           .environment = {"LIFEBOAT_VAULT", "LIFEBOAT_IDENTITY", "LIFEBOAT_VIEWER",
                           "LIFEBOAT_WRITER", "LIFEBOAT_OPERATOR", "LIFEBOAT_PRUNER"}},
          prepare<CheckOptions>(declare_check, run_check)};
}

}  // namespace lifeboat::cli
