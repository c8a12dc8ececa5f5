#include "cli/vault_forget_verb.h"

#include "base/error.h"
#include "cli/forget_report.h"
#include "cli/freshness.h"
#include "cli/snapshot_argument.h"
#include "cli/vault_access.h"
#include "store/store_time.h"
#include "vault/forget.h"

namespace lifeboat::cli {
namespace {

struct ForgetOptions {
  std::vector<std::string> snapshots;
  bool confirm = false;
};

void declare_forget(OptionSet& set, ForgetOptions& options) {
  set.arguments("SNAPSHOT", options.snapshots,
                "what to forget, by id; without any, what [keep] of lifeboat.toml does not keep");
  set.flag("confirm", options.confirm, "carry the plan out, not only print it");
  declare_vault_options(set);
}

/// The ids that the words mean, without those that are forgotten already: saying it twice is no
/// error.
std::vector<vault::SnapshotId> ids_of(const std::vector<vault::SnapshotWord>& words,
                                      const vault::Vault& vault, const vault::History& history,
                                      const vault::PinsAndForgets& pins, Session& session) {
  std::vector<vault::SnapshotId> ids;
  for (const vault::SnapshotWord& word : words) {
    const auto id = vault::resolve_snapshot(vault, history, word).id();
    warn_if_forgotten(session, vault, pins, id);
    if (!pins.is_forgotten(id)) ids.push_back(id);
  }
  return ids;
}

vault::KeepPolicy configured_policy(Session& session) {
  const auto policy = keep_policy(session.settings().keep.value);
  if (!policy.empty()) return policy;
  throw Error(ErrorKind::usage, "nothing says what to keep, and no snapshot is named",
              "write a [keep] section into lifeboat.toml (docs/forgetting.md), or name snapshots");
}

ExitCode run_forget(const ForgetOptions& options, Session& session) {
  std::vector<vault::SnapshotWord> words;
  for (const std::string& text : options.snapshots) words.push_back(snapshot_word(session, text));
  const vault::KeepPolicy policy = words.empty() ? configured_policy(session) : vault::KeepPolicy{};
  const auto open = open_vault(session, {config::Role::pruner});
  const vault::Vault& vault = *open.vault;
  const Instant store_time = store::require_clocks_agree(*open.store, session.clock());
  const vault::History history = vault::read_history(vault);
  const vault::PinsAndForgets pins = vault::pins_and_forgets(history);
  vault::require_whole(history, pins);
  const auto floor = vault::RetentionFloor::of(vault.trust());
  auto all = vault::candidates(history, pins);
  ForgetReport report{
      .plan = words.empty() ? vault::plan_forget(std::move(all), policy, floor, store_time)
                            : vault::plan_forget_by_hand(
                                  std::move(all), ids_of(words, vault, history, pins, session),
                                  floor, store_time),
      .floor = floor,
      .record = std::nullopt,
      .earliest_sweep = vault::earliest_sweep(store_time, vault.trust())};
  if (options.confirm && report.plan.count_forgotten() > 0) {
    const vault::Link link = vault::apply_forget(vault, report.plan, session.clock());
    note_heads(session, vault, vault::heads_after(vault::ObjectType::record, link));
    report.record = link.id;
  }
  session.print(forget_text(report, session.paint()), forget_json(report));
  return ExitCode::done;
}

}  // namespace

vault::KeepPolicy keep_policy(const config::KeepSection& section) {
  const auto count = [](const std::optional<int>& number) {
    return static_cast<std::uint32_t>(number.value_or(0));
  };
  return {.within = section.within,
          .last = count(section.last),
          .hourly = count(section.hourly),
          .daily = count(section.daily),
          .weekly = count(section.weekly),
          .monthly = count(section.monthly),
          .yearly = count(section.yearly)};
}

Verb vault_forget_verb() {
  return {{.name = "forget",
           .summary = "Give up snapshots that the policy does not keep.",
           .synopsis = "[OPTION]... [SNAPSHOT]...",
           .details =
               "Prints the plan: each snapshot, and what keeps it. With --confirm the same plan "
               "goes on record. Nothing is deleted before `lifeboat vault sweep`, and until then "
               "`lifeboat vault keep` takes it back. Pinned snapshots, the newest of each writer, "
               "the last proven one of each source and what the vault's floor keeps are never "
               "forgotten.",
           .examples = {{"lifeboat vault forget", "what [keep] would let go, and why"},
                        {"lifeboat vault forget --confirm", "let it go"},
                        {"lifeboat vault forget 7f3a91c2 --confirm", "this one"}},
           .exit_codes = {ExitCode::findings, ExitCode::not_found, ExitCode::denied,
                          ExitCode::unavailable, ExitCode::stale, ExitCode::refused},
           .environment = {"LIFEBOAT_VAULT", "LIFEBOAT_PRUNER"}},
          prepare<ForgetOptions>(declare_forget, run_forget)};
}

}  // namespace lifeboat::cli
