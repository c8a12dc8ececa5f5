#include "cli/vault_keep_verb.h"

#include "base/error.h"
#include "cli/freshness.h"
#include "cli/snapshot_argument.h"
#include "cli/text_table.h"
#include "cli/vault_access.h"
#include "vault/forget.h"

namespace lifeboat::cli {
namespace {

struct KeepOptions {
  std::string snapshot;
  std::optional<std::string> reason;
  bool release = false;
};

void declare_keep(OptionSet& set, KeepOptions& options) {
  declare_snapshot_argument(set, options.snapshot);
  set.value("reason", options.reason, "TEXT", "why it is kept; whoever lists the vault reads it");
  set.flag("release", options.release, "keep it no longer than the policy does");
  declare_vault_options(set);
}

void require_one_of_both(const KeepOptions& options) {
  if (options.release == options.reason.has_value()) {
    throw Error(ErrorKind::usage,
                options.release ? "--reason is for keeping, and --release ends that"
                                : "a snapshot is kept for a reason, and none is given",
                "give --reason TEXT, or --release");
  }
  if (options.reason && options.reason->find_first_not_of(" \t\n") == std::string::npos) {
    throw Error(ErrorKind::usage, "the reason is empty", "write what a colleague should know");
  }
}

std::string text_of(const KeepOptions& options, const std::string& name, bool was_forgotten) {
  if (options.release) {
    return "released " + name + ": the policy decides about it again\n";
  }
  return wrap("kept " + name + ": " + *options.reason, kColumns, 2) + "\n" +
         (was_forgotten ? "it was forgotten; that is taken back\n" : "") +
         "no policy and no sweep takes it\nto end that: lifeboat vault keep " + name +
         " --release\n";
}

ExitCode run_keep(const KeepOptions& options, Session& session) {
  require_one_of_both(options);
  const auto word = snapshot_word(session, options.snapshot);
  const auto open =
      open_vault(session, {config::Role::operator_, config::Role::pruner, config::Role::identity});
  const vault::Vault& vault = *open.vault;
  const vault::History history = vault::read_history(vault);
  const vault::PinsAndForgets pins = vault::pins_and_forgets(history);
  const auto id = vault::resolve_snapshot(vault, history, word).id();
  const std::string name = vault::short_id(id);
  if (options.release && !pins.is_pinned(id)) {
    throw Error(ErrorKind::not_found, "snapshot " + name + " is not pinned",
                "`lifeboat vault ls` shows those that are");
  }
  const vault::Link link = options.release
                               ? vault::release_snapshot(vault, id, session.clock())
                               : vault::keep_snapshot(vault, id, *options.reason, session.clock());
  note_heads(session, vault, vault::heads_after(vault::ObjectType::record, link));
  const bool was_forgotten = pins.is_forgotten(id);
  session.print(text_of(options, name, was_forgotten), {{"snapshot", id.hex()},
                                                        {"pinned", or_null(options.reason)},
                                                        {"was_forgotten", was_forgotten},
                                                        {"record", link.id.hex()}});
  return ExitCode::done;
}

}  // namespace

Verb vault_keep_verb() {
  return {{.name = "keep",
           .summary = "Pin a snapshot, so that no policy forgets it; or release it.",
           .synopsis = "[OPTION]... SNAPSHOT",
           .details = "A forgotten snapshot that is not yet swept is taken back by that. Who may "
                      "keep: operator, pruner, identity.",
           .examples = {{"lifeboat vault keep 7f3a91c2 --reason 'before the migration'", "pin it"},
                        {"lifeboat vault keep 7f3a91c2 --release", "let the policy decide again"}},
           .exit_codes = {ExitCode::findings, ExitCode::not_found, ExitCode::denied,
                          ExitCode::unavailable, ExitCode::stale, ExitCode::refused},
           .environment = {"LIFEBOAT_VAULT", "LIFEBOAT_OPERATOR", "LIFEBOAT_PRUNER",
                           "LIFEBOAT_IDENTITY"}},
          prepare<KeepOptions>(declare_keep, run_keep)};
}

}  // namespace lifeboat::cli
