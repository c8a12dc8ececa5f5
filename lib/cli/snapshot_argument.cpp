#include "cli/snapshot_argument.h"

#include "base/error.h"
#include "vault/forget.h"
#include "vault/history.h"

namespace lifeboat::cli {

void declare_snapshot_argument(OptionSet& set, std::string& target) {
  set.argument("SNAPSHOT", target, Presence::required,
               "an id or the beginning of one, or the newest: latest, latest-proven (either with "
               ":SOURCE, the newest that holds it), before:TIME (in UTC: 2026-11-22T03:00)");
}

vault::SnapshotWord snapshot_word(Session& session, const std::string& text) {
  auto word = vault::SnapshotWord::from_text(text);
  vault::require_past(word, session.clock().now());
  return word;
}

vault::SnapshotRecord find_snapshot(Session& session, const vault::Vault& vault,
                                    const vault::SnapshotWord& word) {
  // Only by its id is a forgotten one found.
  if (word.kind != vault::SnapshotWord::Kind::id) return vault::resolve_snapshot(vault, word);
  vault::History history = vault::read_history(vault);
  const vault::PinsAndForgets pins = vault::pins_and_forgets(history);
  auto snapshot = vault::resolve_snapshot(vault, std::move(history), word);
  warn_if_forgotten(session, vault, pins, snapshot.id());
  return snapshot;
}

void warn_if_forgotten(Session& session, const vault::Vault& vault,
                       const vault::PinsAndForgets& pins, const vault::SnapshotId& id) {
  const auto found = pins.forgotten.find(id);
  if (found == pins.forgotten.end()) return;
  const std::string name = vault::short_id(id);
  session.warn("snapshot " + name + " is forgotten since " + to_minute(found->second.since) +
               " UTC; a sweep may delete it from " +
               to_minute(vault::earliest_sweep(found->second.since, vault.trust())) +
               " on (to keep it: lifeboat vault keep " + name + " --reason TEXT)");
}

std::optional<std::string> source_in(const vault::SnapshotWord& word,
                                     const config::Settings& settings) {
  const auto& flag = settings.source.value;
  if (!word.source) return flag;
  if (flag && *flag != *word.source) {
    throw Error(ErrorKind::usage, word.text + " names one source, --source " + *flag + " another",
                "leave one of them out");
  }
  return word.source;
}

}  // namespace lifeboat::cli
