#include "cli/snapshot_argument.h"

#include "base/error.h"

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
